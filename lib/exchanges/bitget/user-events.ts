import { z } from 'zod'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import * as map from '@/lib/exchanges/bitget/map-user-event'
import { mapUnifiedFill, mapUnifiedOrder } from '@/lib/exchanges/bitget/map-unified'
import type { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import type { BitgetOrders } from '@/lib/exchanges/bitget/orders'
import { unifiedFillSchema, unifiedOrderSchema } from '@/lib/exchanges/bitget/unified-schemas'

/** Orders and executions remembered: for putting both together, and for handing on once what comes twice. */
const REMEMBERED = 2000

export interface UserEventsOptions {
  mode: AccountMode
  orders: BitgetOrders
  markets: BitgetMarkets
  credentials: Credentials
  handlers: UserStreamHandlers
  isClosed: () => boolean
}

/** Reads the pushes of an account's channels and hands them on in the order received. */
export class UserEvents {
  readonly #options: UserEventsOptions
  /** Latest state of the orders told of, by Bitget's id. */
  readonly #orders = new Map<string, ExchangeOrder>()
  readonly #seen = new Set<string>()
  #tail = Promise.resolve()

  constructor(options: UserEventsOptions) {
    this.#options = options
  }

  /** A pair or an order that must be asked for holds back what comes after it. */
  take(channel: string, rows: unknown[], text: string): void {
    this.#tail = this.#tail
      .then(async () => {
        for (const row of rows) await this.#read(channel, row)
      })
      .catch((error: unknown) => {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
        this.#options.handlers.onUnreadable?.(text, reason)
      })
  }

  async #read(channel: string, row: unknown): Promise<void> {
    const { mode, markets, handlers } = this.#options
    switch (channel) {
      case 'orders': {
        const push = map.pushedOrderSchema.parse(row)
        await this.#tell(map.mapPushedOrder(push, await markets.nameOf(push.instId)))
        return
      }
      case 'order': {
        const push = unifiedOrderSchema.parse(row)
        await this.#tell(mapUnifiedOrder(push, await markets.nameOf(push.symbol)))
        return
      }
      case 'fill':
        await this.#onFill(row)
        return
      case 'orders-algo':
      case 'strategy-order':
        await this.#onPlan(row)
        return
      case 'account': {
        const balances =
          mode === 'CLASSIC'
            ? [map.mapPushedAsset(map.pushedAssetSchema.parse(row))]
            : map.mapPushedAccount(map.pushedAccountSchema.parse(row))
        if (!this.#options.isClosed()) handlers.onBalance(balances)
        return
      }
      default:
        throw new Error(`channel ${channel} was not asked for`)
    }
  }

  /** v3 tells of executions apart from their orders; both are put together. */
  async #onFill(row: unknown): Promise<void> {
    const { orders, credentials, markets } = this.#options
    const push = unifiedFillSchema.parse(row)
    const fill = mapUnifiedFill(push, await markets.nameOf(push.symbol))
    const { symbol, exchangeOrderId } = fill
    const order = this.#orders.get(exchangeOrderId) ?? (await orders.find(credentials, { symbol, exchangeOrderId }))
    if (order !== null) await this.#tell({ ...order, fills: [fill] })
  }

  /** What became of a plan is asked for: its own words do not name the order that it placed. */
  async #onPlan(row: unknown): Promise<void> {
    const { orders, credentials, markets } = this.#options
    const push = map.pushedPlanSchema.parse(row)
    const symbol = await markets.nameOf(push.instId ?? push.symbol ?? '')
    const order = await orders.find(credentials, {
      symbol,
      exchangeOrderId: push.orderId,
      clientOrderId: push.clientOid,
    })
    if (order !== null) await this.#tell(order)
  }

  async #tell(order: ExchangeOrder): Promise<void> {
    const { orders, credentials, handlers, isClosed } = this.#options
    const [fill] = order.fills ?? []
    const key = [order.exchangeOrderId, order.status, order.updatedTime, order.filledQuantity.toFixed()]
    if (!this.#isNew([...key, fill?.exchangeTradeId ?? ''].join(' '))) return
    const [ours = order] = await orders.relink(credentials, [order])
    this.#remember(ours)
    if (!isClosed()) handlers.onOrder(ours)
  }

  #remember({ fills: _, ...order }: ExchangeOrder): void {
    const before = this.#orders.get(order.exchangeOrderId)
    // Messages may overtake each other: a closed order does not open again.
    if (before !== undefined && !isOpen(before.status) && isOpen(order.status)) return
    this.#orders.set(order.exchangeOrderId, order)
    const [oldest] = this.#orders.size > REMEMBERED ? this.#orders.keys() : []
    if (oldest !== undefined) this.#orders.delete(oldest)
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    const [oldest] = this.#seen.size > REMEMBERED ? this.#seen : []
    if (oldest !== undefined) this.#seen.delete(oldest)
    return true
  }
}
