import type { ExchangeId } from '@/lib/domain/account/broker'
import type { OrderType } from '@/lib/domain/order/order'

// What each exchange can do, as data (GW-4). `EMULATED` orders are run by our engine: they protect nothing while it is down.

type Support =
  | { level: 'NATIVE'; note?: string }
  | { level: 'EMULATED'; reason: string }
  | { level: 'UNSUPPORTED'; reason: string }

export interface ExchangeCapabilities {
  exchangeId: ExchangeId
  orderTypes: Record<OrderType, Support>
  oco: Support
  oto: Support
  postOnly: Support
  timesInForce: Record<'GTC' | 'IOC' | 'FOK', Support>
  editOrder: Support
  cancelAll: Support
  publicTrades: Support
  userStream: Support
  testnet: Support
  /** Timeframes built from shorter ones because the exchange has no such bars. */
  aggregatedTimeframes: string[]
  /** Most bars in one answer. */
  candlesPerRequest: number
}

const NATIVE: Support = { level: 'NATIVE' }
const notYet = (what: string): Support => ({ level: 'UNSUPPORTED', reason: `${what} is not built yet.` })

/** Facts: binance-spot-api-docs rest-api.md, web-socket-streams.md, web-socket-api.md. */
export const BINANCE_CAPABILITIES: ExchangeCapabilities = {
  exchangeId: 'binance',
  orderTypes: {
    MARKET: NATIVE,
    LIMIT: NATIVE,
    STOP_MARKET: { level: 'NATIVE', note: 'STOP_LOSS' },
    STOP_LIMIT: { level: 'NATIVE', note: 'STOP_LOSS_LIMIT' },
    TAKE_PROFIT_MARKET: { level: 'NATIVE', note: 'TAKE_PROFIT' },
    TAKE_PROFIT_LIMIT: { level: 'NATIVE', note: 'TAKE_PROFIT_LIMIT' },
    TRAILING_STOP: { level: 'NATIVE', note: 'STOP_LOSS with trailingDelta in basis points, given in nativeParams' },
  },
  oco: { level: 'NATIVE', note: 'POST /api/v3/orderList/oco' },
  oto: notYet('An order that triggers another'),
  postOnly: { level: 'NATIVE', note: 'LIMIT_MAKER' },
  timesInForce: { GTC: NATIVE, IOC: NATIVE, FOK: NATIVE },
  editOrder: { level: 'NATIVE', note: 'POST /api/v3/order/cancelReplace: loses its place in the queue' },
  cancelAll: { level: 'NATIVE', note: 'per symbol' },
  publicTrades: NATIVE,
  userStream: notYet('The private order stream'),
  testnet: { level: 'NATIVE', note: 'testnet.binance.vision' },
  aggregatedTimeframes: ['10m'],
  candlesPerRequest: 1000,
}
