import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import type { Fill, OrderSide } from '@/lib/domain/order/order'
import type { PositionFill, PositionMarket } from '@/lib/domain/position/fold'

/** Appends a fill. False when the exchange's trade id is known already: then nothing was written. */
export async function insertFill(
  tx: Queryable,
  owner: { clientOrderId: string; brokerId: string; positionId: string },
  fill: Fill,
  feeInQuote: Amount | null,
  market: Pick<PositionMarket, 'minQuantity' | 'minNotional'>,
  now: EpochMs,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `INSERT INTO fills (client_order_id, broker_id, position_id, symbol, exchange_trade_id, exchange_order_id, side, price,
       quantity, quote_quantity, fee, fee_asset, fee_in_quote, liquidity, trade_time, recorded_at,
       min_quantity, min_notional)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18) ON CONFLICT (broker_id, symbol, exchange_trade_id) DO NOTHING`,
    [
      owner.clientOrderId,
      owner.brokerId,
      owner.positionId,
      fill.symbol,
      fill.exchangeTradeId,
      fill.exchangeOrderId,
      fill.side,
      toWire(fill.price),
      toWire(fill.quantity),
      toWire(fill.quoteQuantity),
      toWire(fill.fee),
      fill.feeAsset,
      feeInQuote === null ? null : toWire(feeInQuote),
      fill.liquidity,
      new Date(fill.tradeTime),
      new Date(now),
      toWire(market.minQuantity),
      toWire(market.minNotional),
    ],
  )
  return rowCount === 1
}

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

/** All fills of a position, oldest first as the exchange numbered them. */
export async function fillsOfPosition(
  tx: Queryable,
  positionId: string,
): Promise<(PositionFill & { clientOrderId: string })[]> {
  const { rows } = await tx.query<FillRow>(
    `SELECT client_order_id, side, quantity, quote_quantity, fee, fee_asset, fee_in_quote, trade_time, min_quantity, min_notional
     FROM fills WHERE position_id = $1
     ORDER BY trade_time, length(exchange_trade_id), exchange_trade_id`,
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

/** Sum of the recorded executions of an order. */
export async function filledSoFar(
  tx: Queryable,
  clientOrderId: string,
): Promise<{ quantity: Amount; quoteQuantity: Amount }> {
  const { rows } = await tx.query<{ quantity: string; quote: string }>(
    'SELECT coalesce(sum(quantity), 0)::text AS quantity, coalesce(sum(quote_quantity), 0)::text AS quote FROM fills WHERE client_order_id = $1',
    [clientOrderId],
  )
  return { quantity: parseDecimal(rows[0]?.quantity ?? '0'), quoteQuantity: parseDecimal(rows[0]?.quote ?? '0') }
}

/** Time of the newest fill recorded for a market of a broker, to go on from; null when there is none. */
export async function lastFillTime(brokerId: string, symbol: string): Promise<EpochMs | null> {
  const { rows } = await pgPool().query<{ at: Date | null }>(
    'SELECT max(trade_time) AS at FROM fills WHERE broker_id = $1 AND symbol = $2',
    [brokerId, symbol],
  )
  return rows[0]?.at?.getTime() ?? null
}

/** Those of an exchange's trade ids in a market of a broker that are recorded. */
export async function recordedTradeIds(brokerId: string, symbol: string, ids: string[]): Promise<Set<string>> {
  const { rows } = await pgPool().query<{ id: string }>(
    'SELECT exchange_trade_id AS id FROM fills WHERE broker_id = $1 AND symbol = $2 AND exchange_trade_id = ANY($3)',
    [brokerId, symbol, ids],
  )
  return new Set(rows.map((row) => row.id))
}

/** True when a recorded fill of the position comes after this one: then it cannot simply be added at the end. */
export async function hasNewerFill(tx: Queryable, positionId: string, fill: Fill): Promise<boolean> {
  const { rows } = await tx.query<{ newer: boolean }>(
    `SELECT exists(SELECT 1 FROM fills WHERE position_id = $1
       AND (trade_time, length(exchange_trade_id), exchange_trade_id) > ($2::timestamptz, length($3::text), $3::text)) AS newer`,
    [positionId, new Date(fill.tradeTime), fill.exchangeTradeId],
  )
  return rows[0]?.newer ?? false
}

/** Fees of a broker whose value in the quote asset nobody knew yet, by position and asset. */
export async function findUnvaluedFees(
  brokerId: string,
): Promise<{ positionId: string; symbol: string; feeAsset: string }[]> {
  const { rows } = await pgPool().query<{ positionId: string; symbol: string; feeAsset: string }>(
    `SELECT DISTINCT position_id AS "positionId", symbol, fee_asset AS "feeAsset" FROM fills
     WHERE broker_id = $1 AND fee_in_quote IS NULL AND position_id IS NOT NULL`,
    [brokerId],
  )
  return rows
}

/** Values the fees of a position that have no value yet. */
export async function valueFees(tx: Queryable, positionId: string, feeAsset: string, price: Amount): Promise<void> {
  await tx.query(
    `UPDATE fills SET fee_in_quote = round(fee * $3::numeric, 18)
     WHERE position_id = $1 AND fee_asset = $2 AND fee_in_quote IS NULL`,
    [positionId, feeAsset, toWire(price)],
  )
}
