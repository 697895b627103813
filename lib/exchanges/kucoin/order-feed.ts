import type { Credentials } from '@/lib/domain/account/broker'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import type { KucoinAccount } from '@/lib/exchanges/kucoin/account'

// KuCoin's order messages carry neither what was paid nor the fee. A message therefore only says which order to read: what
// the handlers get is the exchange's own record, with the executions that were not told before.

interface Reading {
  symbol: string
  isExecuted: boolean
}

export interface OrderFeedOptions {
  account: KucoinAccount
  credentials: Credentials
  handlers: UserStreamHandlers
}

/** Fills remembered as told. */
const REMEMBERED = 5000
/** The record may follow its message by a moment. */
const RETRY_MS = 300
const ATTEMPTS = 4

export class OrderFeed {
  readonly #options: OrderFeedOptions
  readonly #wanted = new Map<string, Reading>()
  readonly #told = new Set<string>()
  #isReading = false
  #isClosed = false

  constructor(options: OrderFeedOptions) {
    this.#options = options
  }

  close(): void {
    this.#isClosed = true
  }

  /** Reads an order soon; messages that come meanwhile count for the same reading. */
  touch(symbol: string, exchangeOrderId: string, isExecuted: boolean): void {
    const before = this.#wanted.get(exchangeOrderId)
    this.#wanted.set(exchangeOrderId, { symbol, isExecuted: isExecuted || before?.isExecuted === true })
    if (!this.#isReading) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isReading = true
    // Messages of one match come together: what arrives in this turn is one reading.
    await new Promise((resolve) => setImmediate(resolve))
    for (let next = this.#next(); next !== undefined && !this.#isClosed; next = this.#next()) await this.#tell(...next)
    this.#isReading = false
  }

  #next(): [string, Reading] | undefined {
    const [first] = this.#wanted
    if (first !== undefined) this.#wanted.delete(first[0])
    return first
  }

  async #tell(exchangeOrderId: string, { symbol, isExecuted }: Reading): Promise<void> {
    const { account, credentials, handlers } = this.#options
    try {
      const order = await this.#read(symbol, exchangeOrderId)
      if (order === null) throw new Error('the order of the message cannot be found')
      const fills = isExecuted ? await account.fillsOfOrder(credentials, symbol, order.exchangeOrderId) : []
      const news = fills.filter((fill) => this.#isNew(fill))
      if (!this.#isClosed) handlers.onOrder(news.length === 0 ? order : { ...order, fills: news })
    } catch (error) {
      if (!this.#isClosed)
        handlers.onUnreadable?.(exchangeOrderId, error instanceof Error ? error.message : String(error))
    }
  }

  async #read(symbol: string, exchangeOrderId: string): Promise<ExchangeOrder | null> {
    const { account, credentials } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      try {
        const order = await account.getOrder(credentials, { symbol, exchangeOrderId })
        if (order !== null || attempt === ATTEMPTS || this.#isClosed) return order
      } catch (error) {
        if (attempt === ATTEMPTS || this.#isClosed) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt))
    }
  }

  #isNew({ exchangeTradeId }: Fill): boolean {
    if (this.#told.has(exchangeTradeId)) return false
    this.#told.add(exchangeTradeId)
    const [oldest] = this.#told.size > REMEMBERED ? this.#told : []
    if (oldest !== undefined) this.#told.delete(oldest)
    return true
  }
}
