import type { OrderRecord } from '@/lib/db/run-reads'
import type { OrderRowView } from '@/lib/view/run'

/** An order of the journal as a row on screen. */
export function orderView(row: OrderRecord): OrderRowView {
  const average = row.filledQuantity.isZero() ? null : row.filledQuoteQuantity.div(row.filledQuantity)
  return {
    clientOrderId: row.clientOrderId,
    createdAt: row.createdAt.getTime(),
    side: row.side,
    type: row.type,
    purpose: row.purpose,
    quantity: row.quantity?.toFixed() ?? null,
    quoteQuantity: row.quoteQuantity?.toFixed() ?? null,
    filledQuantity: row.filledQuantity.toFixed(),
    price: (average ?? row.limitPrice ?? row.stopPrice)?.toFixed() ?? null,
    status: row.status,
    isEmulated: row.isEmulated,
    realizedPnl: row.realizedPnl?.toFixed() ?? null,
    error: row.errorMessage ?? row.errorCode,
  }
}
