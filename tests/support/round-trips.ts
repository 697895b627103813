/** A round trip as a test writes it into an installation's database. */
export interface WrittenTrip {
  symbol: string
  source: 'MANUAL' | 'STRATEGY' | 'WEBHOOK' | 'EXTERNAL'
  openedAt: string
  closedAt: string | null
  cost: string
  gain: string
  strategyId?: string
  webhookId?: string
}

type Query = (sql: string, values?: unknown[]) => Promise<unknown>

/** Writes round trips with the purchases they began with, one position each market. */
export async function writeTrips(
  query: Query,
  owner: { userId: string; brokerId: string },
  trips: WrittenTrip[],
): Promise<void> {
  const { userId, brokerId } = owner
  for (const [index, trip] of trips.entries()) {
    const id = `${brokerId.slice(-8)}-${index}-${Math.random().toString(36).slice(2, 8)}`
    const at = [userId, brokerId, trip.symbol]
    await query(
      'INSERT INTO positions (id, user_id, broker_id, symbol) VALUES (gen_random_uuid(), $1, $2, $3) ON CONFLICT DO NOTHING',
      at,
    )
    const position = '(SELECT id FROM positions WHERE broker_id = $2::uuid AND symbol = $3::text AND run_id IS NULL)'
    await query(
      `INSERT INTO trades (client_order_id, user_id, broker_id, symbol, source, position_id, side, type, quantity, filled_quantity, status, request, send_before,
         created_at, strategy_id, webhook_id, submitted_at, updated_at)
       VALUES ($4, $1::uuid, $2::uuid, $3::text, $5, ${position}, 'BUY', 'MARKET', 1, 1, 'FILLED', '{}', $6, $6, $7, $8, $6, $6)`,
      [...at, id, trip.source, trip.openedAt, trip.strategyId ?? null, trip.webhookId ?? null],
    )
    await query(
      `INSERT INTO fills (client_order_id, broker_id, position_id, symbol, exchange_trade_id, exchange_order_id, side, price,
         quantity, quote_quantity, fee, fee_asset, fee_in_quote, liquidity, trade_time, recorded_at)
       SELECT $4::text, $2::uuid, id, $3::text, $4::text, $4::text, 'BUY', $5::numeric, 1, $5::numeric, 0.1, 'BNB', 60.5, 'TAKER', $6::timestamptz, $6::timestamptz FROM positions
       WHERE user_id = $1::uuid AND broker_id = $2::uuid AND symbol = $3::text AND run_id IS NULL`,
      [...at, id, trip.cost, trip.openedAt],
    )
    await query(
      `INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds, realized_pnl)
       SELECT $1::uuid, $2::uuid, p.id, $3::text, 1 + (SELECT count(*) FROM round_trips WHERE position_id = p.id), $4::timestamptz, $5::timestamptz, 1, 1, $6::numeric,
         $6::numeric + $7::numeric, $7::numeric FROM positions p
       WHERE p.user_id = $1::uuid AND p.broker_id = $2::uuid AND p.symbol = $3::text AND p.run_id IS NULL`,
      [...at, trip.openedAt, trip.closedAt, trip.cost, trip.gain],
    )
  }
}
