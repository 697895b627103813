import type { Amount } from '@/lib/domain/money/decimal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { isClosed, type OrderStatus } from '@/lib/domain/order/status'

const REMEMBERED = 2000

type Report = Pick<ExchangeOrder, 'symbol' | 'exchangeOrderId' | 'status' | 'filledQuantity'>

/** What this process has recorded of orders lately: a stream repeats what the answer to a command said a moment before. */
export class RecordedReports {
  /** By broker, market and exchange id, the oldest first. */
  readonly #recorded = new Map<string, { status: OrderStatus; filledQuantity: Amount }>()

  note(brokerId: string, { symbol, exchangeOrderId, status, filledQuantity }: Report): void {
    this.#recorded.set(`${brokerId} ${symbol} ${exchangeOrderId}`, { status, filledQuantity })
    const [oldest] = this.#recorded.size > REMEMBERED ? this.#recorded.keys() : []
    if (oldest !== undefined) this.#recorded.delete(oldest)
  }

  /** Does a report say nothing beyond what is recorded? */
  contains(brokerId: string, report: Report): boolean {
    const known = this.#recorded.get(`${brokerId} ${report.symbol} ${report.exchangeOrderId}`)
    if (known === undefined || report.filledQuantity.gt(known.filledQuantity)) return false
    return isClosed(known.status) || known.status === report.status
  }
}
