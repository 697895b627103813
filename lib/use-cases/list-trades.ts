import { type PairRules, readPairRules } from '@/lib/db/run-reads'
import { readTrades, type TradeRow } from '@/lib/db/trade-reads'
import { isLive } from '@/lib/domain/order/status'
import { orderView } from '@/lib/use-cases/order-view'
import { decimalsOf } from '@/lib/view/format-amount'
import type { PositionsQuery, StandingExit, TradeView } from '@/lib/view/webhook'

function exitsOf(row: TradeRow): StandingExit[] {
  return row.orders.flatMap(({ clientOrderId, purpose, status, stopPrice, limitPrice, quantity, filledQuantity }) =>
    isLive(status) && (purpose === 'STOP_LOSS' || purpose === 'TAKE_PROFIT')
      ? [
          {
            clientOrderId,
            purpose,
            price: (stopPrice ?? limitPrice)?.toFixed() ?? null,
            quantity: quantity?.minus(filledQuantity).toFixed() ?? null,
          },
        ]
      : [],
  )
}

function tradeOf(row: TradeRow, rules: PairRules | undefined): TradeView {
  const [base = row.symbol, quote = ''] = row.symbol.split('/')
  const isHeld = !row.quantity.isZero()
  return {
    positionId: row.id,
    brokerId: row.brokerId,
    brokerName: row.broker.name,
    environment: row.broker.environment,
    symbol: row.symbol,
    baseAsset: rules?.baseAsset ?? base,
    quoteAsset: rules?.quoteAsset ?? quote,
    priceDecimals: rules === undefined ? 2 : decimalsOf(rules.tickSize),
    quantityDecimals: rules === undefined ? 8 : decimalsOf(rules.stepSize),
    openedAt: isHeld ? (row.openedAt?.getTime() ?? null) : null,
    quantity: row.quantity.toFixed(),
    averageEntryPrice: row.averageEntryPrice.toFixed(),
    cost: row.cost.toFixed(),
    currentPrice: row.currentPrice?.toFixed() ?? null,
    realizedPnl: isHeld ? (row.roundTrips[0]?.realizedPnl.toFixed() ?? '0') : '0',
    exits: exitsOf(row),
    orders: row.orders.map(orderView),
  }
}

/** The trades in progress of the user's accounts (webhooks, manual and foreign orders), those opened last first. */
export async function listTrades(userId: string, query: PositionsQuery): Promise<TradeView[]> {
  const rows = await readTrades(userId, query)
  if (rows.length === 0) return []
  const rules = await readPairRules(rows)
  return rows.map((row) => tradeOf(row, rules.get(`${row.brokerId} ${row.symbol}`)))
}
