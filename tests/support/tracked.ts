import { signUp } from '@/lib/auth/sign-up'
import { createBroker, findBroker } from '@/lib/db/broker-repository'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { insertOrders } from '@/lib/db/order-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OrderType } from '@/lib/domain/order/order'
import { createLogger } from '@/lib/platform/logger'
import { newClientOrderId } from '@/lib/platform/ids'
import { trackBroker } from '@/lib/use-cases/track-broker'
import { createTrackerDesk, type TrackerDesk } from '@/lib/use-cases/tracker-desk'
import { type Installation, openInstallation } from './installation'
import type { InstallationName } from './ports'
import { openStandIn, pairOf, type StandIn } from './stand-in-exchange'
import { openDesk, type TradingDesk } from './trading-desk'

export const PAIRS = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC', 'SOL/USDT', 'BNB/USDT', 'USDT/EUR', 'KCS/USDT']
/** Eleven in the morning. */
const NOW = Date.UTC(2026, 4, 4, 11)
export const at = (time: string, day = '2026-05-04'): number => Date.parse(`${day}T${time}:00Z`)

let numbers = 0
/** An order as the exchange reports it, by default a purchase at market that was filled. */
export const orderAt = (createdTime: number, of: Partial<ExchangeOrder> = {}): ExchangeOrder => {
  const exchangeOrderId = of.exchangeOrderId ?? `x${++numbers}`
  const quantity = of.quantity ?? d('0.1')
  const status = of.status ?? 'FILLED'
  return {
    clientOrderId: `web-${exchangeOrderId}`,
    exchangeOrderId,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'MARKET',
    status,
    quantity,
    filledQuantity: status === 'FILLED' ? quantity : d('0'),
    filledQuoteQuantity: status === 'FILLED' ? quantity.times(60_000) : d('0'),
    createdTime,
    updatedTime: createdTime,
    native: {},
    ...of,
  }
}
export const fillOf = (order: ExchangeOrder, tradeTime: number, of: Partial<Fill> = {}): Fill => {
  const quantity = of.quantity ?? order.quantity
  return {
    exchangeTradeId: String(++numbers),
    exchangeOrderId: order.exchangeOrderId,
    symbol: order.symbol,
    side: order.side,
    price: d('60000'),
    quantity,
    quoteQuantity: quantity.times(60_000),
    fee: d('0'),
    feeAsset: 'USDT',
    liquidity: 'TAKER',
    tradeTime,
    ...of,
  }
}

interface JournalRow {
  id: string
  exchange: string
  source: string
  status: string
  quantity: string | null
  filled: string
}
export const ids = (fills: Fill[]): string[] => fills.map(({ exchangeTradeId }) => exchangeTradeId)

/** A tracker on a journal of its own, with an account that stands in memory and a clock that a test moves. */
export class Tracked {
  readonly installation: Installation
  readonly trading: TradingDesk
  exchange: StandIn = openStandIn()
  userId = ''
  brokerId = ''
  now = NOW
  desk: TrackerDesk
  #users = 0

  static async open(name: InstallationName): Promise<Tracked> {
    return new Tracked(await openInstallation(name))
  }

  private constructor(installation: Installation) {
    this.installation = installation
    this.trading = openDesk(installation)
    this.desk = this.newDesk()
  }

  async close(): Promise<void> {
    await this.trading.close()
  }

  /** One account, a clock at eleven, a tracker that has just started. */
  async reset(): Promise<void> {
    await this.installation.query('DELETE FROM users')
    this.now = NOW
    this.exchange = openStandIn()
    this.exchange.prices.set('BTC/USDT', d('60000')).set('ETH/USDT', d('3000'))
    this.exchange.balances.set('USDT', d('10000'))
    this.desk = this.newDesk()
    await this.openAccount()
  }

  /** An account more, which the tracker looks at from now on. */
  async openAccount(): Promise<string> {
    const user = await signUp({ name: `tracked-${++this.#users}`, password: 'a password for tests' })
    if (!user.isCreated) throw new Error(user.reason)
    this.userId = user.userId
    this.brokerId = await createBroker({
      userId: user.userId,
      name: 'Paper',
      exchangeId: 'binance',
      environment: 'PAPER',
      tradingType: 'OFF',
      isDefault: true,
      credentials: { apiKey: 'k', apiSecret: 's' },
    })
    await replaceInstruments(this.brokerId, PAIRS.map(pairOf))
    return this.brokerId
  }

  /** A tracker that has just started. */
  newDesk(): TrackerDesk {
    const { bus } = this.trading
    const log = createLogger('test', 'silent')
    return createTrackerDesk({ bus, gateway: this.exchange.gateway, clock: () => this.now, log })
  }

  async broker() {
    const broker = await findBroker(this.brokerId)
    if (broker === null) throw new Error('no broker')
    return broker
  }

  async look(): Promise<void> {
    await trackBroker(this.desk, await this.broker())
  }

  /** The last look that read all of the account began then. */
  async syncedAt(time: number): Promise<void> {
    const values = [this.brokerId, new Date(time)]
    await this.installation.query('UPDATE brokers SET last_synced_at = $2 WHERE id = $1', values)
  }

  /** An order of ours that rests at the exchange since a time. */
  async ours(createdAt: number, of: { type?: OrderType; symbol?: string; exchangeOrderId?: string } = {}) {
    const { userId, brokerId } = this
    const { type = 'STOP_MARKET', symbol = 'BTC/USDT', exchangeOrderId = `x${++numbers}` } = of
    const clientOrderId = newClientOrderId()
    const asked = { symbol, type, side: 'SELL' as const, quantity: d('0.1'), stopPrice: d('55000') }
    await inTransaction(async (tx) => {
      const positionId = await ensurePosition(tx, { userId, brokerId, symbol })
      const from = { userId, brokerId, positionId, source: 'MANUAL' as const, purpose: 'OTHER' as const }
      await insertOrders(tx, [{ clientOrderId, ...from, ...asked, sendBefore: createdAt + 60_000 }], createdAt)
      await tx.query(
        `UPDATE trades SET status = 'ACCEPTED', submitted_at = created_at, exchange_order_id = $2 WHERE client_order_id = $1`,
        [clientOrderId, exchangeOrderId],
      )
    })
    return { clientOrderId, exchangeOrderId, ...asked }
  }

  journal(brokerId = this.brokerId): Promise<JournalRow[]> {
    return this.installation.query<JournalRow & Record<string, never>>(
      `SELECT client_order_id AS id, exchange_order_id AS exchange, source, status, trim_scale(quantity)::text AS quantity,
         trim_scale(filled_quantity)::text AS filled FROM trades WHERE broker_id = $1 ORDER BY created_at, client_order_id`,
      [brokerId],
    )
  }

  /** The exchange's numbers of recorded executions, oldest first. */
  async recorded(brokerId = this.brokerId): Promise<string[]> {
    const rows = await this.installation.query(
      'SELECT exchange_trade_id AS id FROM fills WHERE broker_id = $1 ORDER BY trade_time',
      [brokerId],
    )
    return rows.map((row) => row['id'] ?? '')
  }

  async position(symbol = 'BTC/USDT') {
    const [row] = await this.installation.query<{ quantity: string; price: string | null }>(
      `SELECT trim_scale(quantity)::text AS quantity, trim_scale(current_price)::text AS price FROM positions
       WHERE broker_id = $1 AND symbol = $2`,
      [this.brokerId, symbol],
    )
    return row
  }
}
