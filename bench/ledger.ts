import { median, monotonicMs } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { pgPool } from '@/lib/db/pool'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { foldAll, type PositionFill } from '@/lib/domain/position/fold'
import { tripLines } from '@/lib/use-cases/export-ledger'
import { readStatistics } from '@/lib/use-cases/read-statistics'

// The ledger of a large account: a million executions folded, a hundred thousand round trips added up and exported.

const FILLS = 1_000_000
const TRIPS = 100_000

/** Two purchases and two sales each round trip, fees in the quote asset. */
function fills(count: number): PositionFill[] {
  const quantity = parseDecimal('0.0125')
  return Array.from({ length: count }, (_, index) => {
    const quoteQuantity = quantity.times(60_000 + ((index * 7919) % 4000))
    const fee = quoteQuantity.times('0.001')
    const side = index % 4 < 2 ? ('BUY' as const) : ('SELL' as const)
    return { side, quantity, quoteQuantity, fee, feeAsset: 'USDT', feeInQuote: fee, tradeTime: index }
  })
}

function fold(count: number): Figure {
  const market = {
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    minQuantity: parseDecimal('0.00001'),
    minNotional: parseDecimal('5'),
  }
  const all = fills(count)
  const startedAt = monotonicMs()
  const { roundTrips } = foldAll(all, market)
  const ms = monotonicMs() - startedAt
  if (roundTrips.length !== count / 4) throw new Error(`${roundTrips.length} round trips`)
  return figure(`ledger: fold of ${count.toLocaleString('en-US')} fills`, ms, 'ms')
}

async function writeTrips(count: number): Promise<string> {
  const user = await signUp({ name: 'ledger', password: 'a password for measuring' })
  if (!user.isCreated) throw new Error(user.reason)
  const { userId } = user
  const brokerId = await createBroker({
    userId,
    name: 'Ledger',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: false,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  const owner = [userId, brokerId]
  // Fifty markets, four a year.
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
  return userId
}

export async function ledger(workshop: Workshop): Promise<Figure[]> {
  const folded = fold(FILLS)
  const trips = workshop.isQuick ? TRIPS / 10 : TRIPS
  const userId = await writeTrips(trips)
  const label = `${trips.toLocaleString('en-US')} round trips`
  const user = { id: userId, timeZone: 'Europe/Paris' }
  const times: number[] = []
  for (let run = 0; run < 7; run++) {
    const startedAt = monotonicMs()
    const { all } = await readStatistics(user, { brokerId: null, quote: null, from: null, to: null })
    times.push(monotonicMs() - startedAt)
    if (all?.trips !== trips) throw new Error(`${all?.trips ?? 0} round trips counted`)
  }
  const startedAt = monotonicMs()
  let lines = 0
  const filter = { userId, timeZone: user.timeZone, brokerId: null, from: null, to: null }
  const words = { locale: 'fr' as const, headings: [], word: (_: string, value: string) => value }
  for await (const text of tripLines(filter, words)) lines += text.split('\n').length - 1
  if (lines !== trips + 1) throw new Error(`${lines} lines exported`)
  return [
    folded,
    figure(`ledger: statistics of ${label}, first`, times[0] ?? Number.NaN, 'ms'),
    figure(`ledger: statistics of ${label}, p50`, median(times), 'ms'),
    figure(`ledger: CSV of ${label}`, monotonicMs() - startedAt, 'ms'),
  ]
}
