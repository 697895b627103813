import type { AccountMode, ExchangeId } from '@/lib/domain/account/broker'
import type { OrderType, TimeInForce } from '@/lib/domain/order/order'

// What each exchange can do, as data (GW-4): per exchange, account mode and pair. `EMULATED` orders are run by our engine:
// they protect nothing while it is down. The facts themselves stand in the adapters' folders.

export type Support =
  | { level: 'NATIVE'; note?: string }
  | { level: 'EMULATED'; reason: string }
  | { level: 'UNSUPPORTED'; reason: string }

export interface ExchangeCapabilities {
  exchangeId: ExchangeId
  accountMode: AccountMode | null
  orderTypes: Record<OrderType, Support>
  oco: Support
  /** Whether the stop of a native OCO pair must have a limit price. */
  ocoStopNeedsLimit: boolean
  /** Whether the fee of a purchase is paid beside its price, or of what was bought. */
  purchaseFee: 'ON_TOP' | 'OF_BOUGHT'
  /** Whether a stop holds what it would sell: then only what is free can get one. */
  stopFunds: 'HELD' | 'FREE'
  oto: Support
  otoco: Support
  postOnly: Support
  iceberg: Support
  timesInForce: Record<TimeInForce, Support>
  /** In place, keeping the order's ids. */
  amendOrder: Support
  /** Cancel and new order. EMULATED: two calls, with a moment between them in which nothing rests at the exchange. */
  replaceOrder: Support
  cancelAll: Support
  /** Deposits, withdrawals and whatever else moved funds without an execution. */
  transfers: Support
  /** Spot has none of its own: the holdings, valued. */
  positions: Support
  /** Everything is canceled unless a sign of life comes in time. */
  deadManSwitch: Support
  publicTrades: Support
  userStream: Support
  testnet: Support
  /** Timeframes built from shorter ones because the exchange has no such bars. */
  aggregatedTimeframes: string[]
  /** Most bars in one answer. */
  candlesPerRequest: number
  /** The limits that matter, in words for the screen: `100 orders / 10 s`. */
  limits: string[]
}
