import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { Fill, OrderSide } from '@/lib/domain/order/order'
import type { PositionFill } from '@/lib/domain/position/fold'

interface FillRow {
  client_order_id: string
  side: OrderSide
  quantity: string
  quote_quantity: string
  fee: string
  fee_asset: string
  fee_in_quote: string | null
  trade_time: Date
  min_quantity: string | null
  min_notional: string | null
}

/** All fills of a position, oldest first as the exchange numbered them; of a trade with oneself the purchase first. */
export async function fillsOfPosition(
  tx: Queryable,
  positionId: string,
): Promise<(PositionFill & { clientOrderId: string })[]> {
  const { rows } = await tx.query<FillRow>(
    `SELECT client_order_id, side, quantity, quote_quantity, fee, fee_asset, fee_in_quote, trade_time, min_quantity, min_notional
     FROM fills WHERE position_id = $1
     ORDER BY trade_time, length(exchange_trade_id), exchange_trade_id, side`,
    [positionId],
  )
  return rows.map((row) => ({
    clientOrderId: row.client_order_id,
    side: row.side,
    quantity: parseDecimal(row.quantity),
    quoteQuantity: parseDecimal(row.quote_quantity),
    fee: parseDecimal(row.fee),
    feeAsset: row.fee_asset,
    feeInQuote: row.fee_in_quote === null ? ZERO : parseDecimal(row.fee_in_quote),
    tradeTime: row.trade_time.getTime(),
    ...(row.min_quantity === null || row.min_notional === null
      ? {}
      : { minimums: { minQuantity: parseDecimal(row.min_quantity), minNotional: parseDecimal(row.min_notional) } }),
  }))
}

/** Time of the newest fill recorded for a market of a broker, to go on from; null when there is none. */
export async function lastFillTime(brokerId: string, symbol: string): Promise<EpochMs | null> {
  const { rows } = await pgPool().query<{ at: Date | null }>(
    'SELECT max(trade_time) AS at FROM fills WHERE broker_id = $1 AND symbol = $2',
    [brokerId, symbol],
  )
  return rows[0]?.at?.getTime() ?? null
}

/** Which of these executions in a market of a broker are recorded: asks one. */
export async function whichAreRecorded(
  brokerId: string,
  symbol: string,
  fills: readonly Pick<Fill, 'exchangeTradeId'>[],
  db: Queryable = pgPool(),
): Promise<(fill: Pick<Fill, 'exchangeTradeId' | 'side'>) => boolean> {
  const { rows } = await db.query<{ id: string; side: OrderSide }>(
    'SELECT exchange_trade_id AS id, side FROM fills WHERE broker_id = $1 AND symbol = $2 AND exchange_trade_id = ANY($3)',
    [brokerId, symbol, fills.map(({ exchangeTradeId }) => exchangeTradeId)],
  )
  // Where two orders of an account meet, both sides of the trade have its number.
  const recorded = new Set(rows.map(({ id, side }) => `${side} ${id}`))
  return ({ exchangeTradeId, side }) => recorded.has(`${side} ${exchangeTradeId}`)
}

/** Fees of one position in one asset and one minute that nobody could value yet. */
export interface UnvaluedFees {
  positionId: string
  symbol: string
  feeAsset: string
  /** When the minute began. */
  time: EpochMs
}

/** Fees of a broker whose value in the quote asset nobody knew yet, the newest first. */
export async function findUnvaluedFees(brokerId: string): Promise<UnvaluedFees[]> {
  const { rows } = await pgPool().query<Omit<UnvaluedFees, 'time'> & { minute: Date }>(
    `SELECT DISTINCT position_id AS "positionId", symbol, fee_asset AS "feeAsset", date_trunc('minute', trade_time) AS minute
     FROM fills WHERE broker_id = $1 AND fee_in_quote IS NULL AND position_id IS NOT NULL ORDER BY minute DESC`,
    [brokerId],
  )
  return rows.map(({ minute, ...row }) => ({ ...row, time: minute.getTime() }))
}

/** Values these fees. */
export async function valueFees(
  tx: Queryable,
  { positionId, feeAsset, time }: UnvaluedFees,
  price: Amount,
): Promise<void> {
  await tx.query(
    `UPDATE fills SET fee_in_quote = round(fee * $3::numeric, 18)
     WHERE position_id = $1 AND fee_asset = $2 AND fee_in_quote IS NULL AND date_trunc('minute', trade_time) = $4`,
    [positionId, feeAsset, toWire(price), new Date(time)],
  )
}
