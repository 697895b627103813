import { median, monotonicMs } from '@/bench/distribution'
import { compared, type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { pgPool } from '@/lib/db/pool'
import { listMarkets, sumDays, sumTrips } from '@/lib/db/statistics-reads'
import { tripLines } from '@/lib/use-cases/export-ledger'
import { readStatistics } from '@/lib/use-cases/read-statistics'

// The statistics of a large account: added up by the database, and exported.

const TRIPS = 100_000
const RUNS = 7

/** Round trips of two years in fifty markets, each begun by an order of one of the four sources. */
async function writeTrips(count: number): Promise<{ userId: string; brokerId: string }> {
  const user = await signUp({ name: 'statistics', password: 'a password for measuring' })
  if (!user.isCreated) throw new Error(user.reason)
  const { userId } = user
  const brokerId = await createBroker({
    userId,
    name: 'Statistics',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: false,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  const owner = [userId, brokerId]
  await pgPool().query(
    `INSERT INTO positions (id, user_id, broker_id, symbol)
     SELECT gen_random_uuid(), $1, $2, 'C' || n || '/USDT' FROM generate_series(0, 49) AS n`,
    owner,
  )
  await pgPool().query(
    `INSERT INTO trades (client_order_id, user_id, broker_id, symbol, source, position_id, side, type, quantity, filled_quantity,
       status, request, send_before, created_at, submitted_at, updated_at)
     SELECT 'l' || n, $1, $2, p.symbol, (ARRAY['MANUAL','STRATEGY','WEBHOOK','EXTERNAL'])[1 + n % 4]::"OrderSource", p.id, 'BUY', 'MARKET',
       1, 1, 'FILLED', '{}', t.at, t.at, t.at, t.at
     FROM generate_series(0, ${count - 1}) AS n JOIN positions p ON p.broker_id = $2 AND p.symbol = 'C' || n % 50 || '/USDT',
       LATERAL (SELECT timestamptz '2024-01-01' + n * interval '10 minutes' AS at) t WHERE p.user_id = $1`,
    owner,
  )
  await pgPool().query(
    `INSERT INTO fills (client_order_id, broker_id, position_id, symbol, exchange_trade_id, exchange_order_id, side, price,
       quantity, quote_quantity, fee, fee_asset, fee_in_quote, liquidity, trade_time, recorded_at)
     SELECT client_order_id, broker_id, position_id, symbol, client_order_id, client_order_id, 'BUY', 100, 1, 100, 0.1, 'USDT', 0.1,
       'TAKER', created_at, created_at FROM trades WHERE user_id = $1 AND broker_id = $2`,
    owner,
  )
  await pgPool().query(
    `INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds, realized_pnl)
     SELECT user_id, broker_id, position_id, symbol, substr(client_order_id, 2)::int, created_at, created_at + interval '5 minutes',
       1, 1, 100, 100.5, sin(substr(client_order_id, 2)::int)::numeric(38, 18)
     FROM trades WHERE user_id = $1 AND broker_id = $2`,
    owner,
  )
  await pgPool().query('ANALYZE')
  return { userId, brokerId }
}

/** Median milliseconds of a few runs. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startedAt = monotonicMs()
    await work()
    times.push(monotonicMs() - startedAt)
  }
  return median(times)
}

export async function statistics(workshop: Workshop): Promise<Figure[]> {
  const count = workshop.isQuick ? TRIPS / 10 : TRIPS
  const { userId, brokerId } = await writeTrips(count)
  const label = `${count.toLocaleString('en-US')} round trips`
  const user = { id: userId, timeZone: 'Europe/Paris' }
  const symbols = (await listMarkets([brokerId])).map(({ symbol }) => symbol)
  const filter = { brokerIds: [brokerId], symbols, timeZone: user.timeZone }
  // The least that can be asked: the same rows counted and summed.
  const bare = await timeOf(async () => {
    const { rows } = await pgPool().query<{ trips: number }>(
      'SELECT count(*)::int AS trips, sum(realized_pnl) AS gain FROM round_trips WHERE broker_id = ANY ($1::uuid[])',
      [filter.brokerIds],
    )
    if (rows[0]?.trips !== count) throw new Error(`${rows[0]?.trips ?? 0} round trips counted`)
  })
  const groups = await timeOf(() => sumTrips(filter, 50))
  const days = await timeOf(() => sumDays(filter))
  let bytes = 0
  const page = await timeOf(async () => {
    const view = await readStatistics(user, {})
    if (view.all?.trips !== count) throw new Error(`${view.all?.trips ?? 0} round trips shown`)
    bytes = Buffer.byteLength(JSON.stringify(view))
  })
  const month = await timeOf(() => readStatistics(user, { from: '2024-03-01', to: '2024-03-31' }))
  let lines = 0
  const words = { locale: 'fr' as const, headings: [], word: (_: string, value: string) => value }
  const startedAt = monotonicMs()
  for await (const text of tripLines(filter, words)) lines += text.split('\n').length - 1
  const csv = monotonicMs() - startedAt
  if (lines !== count + 1) throw new Error(`${lines} lines exported`)
  return [
    compared(`statistics: ${label} by origin, median`, groups, 'ms', bare),
    compared(`statistics: ${label} by day, median`, days, 'ms', bare),
    compared(`statistics: page of ${label}, median`, page, 'ms', bare),
    compared('statistics: page of one month of them, median', month, 'ms', bare),
    figure('statistics: answer to the page', bytes / 1024, 'KiB'),
    compared(`statistics: CSV of ${label}`, csv, 'ms', bare),
  ]
}
