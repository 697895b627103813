import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, openAccount } from '@/bench/account'
import { BASES } from '@/bench/door/answers'
import { median, monotonicMs } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { type Bus, createBus } from '@/lib/bus/bus'
import { storeCandles } from '@/lib/db/candle-repository'
import { pgPool } from '@/lib/db/pool'
import { ensureStrategy, listStrategies } from '@/lib/db/strategy-repository'
import { createRun } from '@/lib/db/strategy-run-repository'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { signalIdOf } from '@/lib/domain/signal/candle-closed'
import { createLogger } from '@/lib/platform/logger'

// From the publishing of a candle's close to the last decision in the database and the last order at the exchange, with 1 and
// with 20 runs due. Each round has a market of its own, in which the runs are flat and all candles but the newest are known.

const MINUTE = 60_000
const HISTORY = 520
const MOST_RUNS = 20

const ALWAYS_LONG = `export default class AlwaysLong extends Strategy {
  fast = this.ta.ema(10)
  slow = this.ta.ema(20)
  shouldLong() { return true }
  shouldShort() { return false }
  calculatePositionSize() { return this.balance * 0.001 }
  calculateStopLoss() { return 0.01 }
  calculateTakeProfit() { return 0.02 }
}
`

const markets = BASES.slice(1)

/** Stores a market's history up to the minute before the last full one. */
async function storeHistory(brokerId: string, symbol: string, closeTime: number): Promise<void> {
  const candles = Array.from({ length: HISTORY }, (_, index) => {
    const end = closeTime - (HISTORY - index) * MINUTE
    const price = parseDecimal((100 + 5 * Math.sin(end / (40 * MINUTE))).toFixed(2))
    const prices = { open: price, high: price, low: price, close: price, volume: parseDecimal('10') }
    const times = { openTime: end - MINUTE, closeTime: end }
    return { symbol, timeframe: '1m' as const, ...times, ...prices, tradeCount: 10, isClosed: true }
  })
  await storeCandles(brokerId, candles)
}

async function reasons(symbol: string): Promise<string> {
  const { rows } = await pgPool().query<{ reason: string | null; count: string }>(
    `SELECT d.outcome || ' ' || coalesce(d.reason, '') AS reason, count(*) FROM strategy_decisions d
     JOIN active_strategies r ON r.id = d.run_id WHERE r.symbol = $1 GROUP BY 1`,
    [symbol],
  )
  return rows.map(({ reason, count }) => `${count} x ${reason ?? ''}`).join('; ')
}

interface Round {
  decided: number
  ordered: number
}

async function round(workshop: Workshop, bus: Bus, account: Account, strategyId: string, runs: number): Promise<Round> {
  const base = markets.shift()
  if (base === undefined) throw new Error('no market is left')
  const symbol = `${base}/USDT`
  await pgPool().query('UPDATE active_strategies SET is_active = false WHERE user_id = $1', [account.userId])
  const now = Date.now()
  const period = { startsAt: now - 3_600_000, endsAt: now + 3_600_000 }
  const { userId, brokerId } = account
  for (let i = 0; i < runs; i++) await createRun({ userId, strategyId, brokerId, symbol, timeframe: '1m', ...period })
  // A minute that ended less than half a minute ago, or the signal is too late to be traded on.
  while (Date.now() % MINUTE > 20_000) await sleep(200)
  const closeTime = Date.now() - (Date.now() % MINUTE)
  await storeHistory(brokerId, symbol, closeTime)
  const price = { open: '100', high: '101', low: '99', close: '100', volume: '10' }
  const sentAt = monotonicMs()
  const publishedAt = Date.now()
  await bus.publish('candle.closed', {
    signalId: signalIdOf('1m', closeTime),
    symbol,
    timeframe: '1m',
    openTime: closeTime - MINUTE,
    closeTime,
    publishedAt,
    source: 'PRIMARY',
    isLate: false,
    ...price,
  })
  while (workshop.door.arrivalsIn(`${base}USDT`).length < runs) {
    if (monotonicMs() - sentAt > 30_000) throw new Error(`not all orders came: ${await reasons(symbol)}`)
    await sleep(10)
  }
  const { rows } = await pgPool().query<{ last: Date }>(
    'SELECT max(d.decided_at) AS last FROM strategy_decisions d JOIN active_strategies r ON r.id = d.run_id WHERE r.symbol = $1',
    [symbol],
  )
  return {
    decided: (rows[0]?.last.getTime() ?? Number.NaN) - publishedAt,
    ordered: Math.max(...workshop.door.arrivalsIn(`${base}USDT`)) - sentAt,
  }
}

export async function candleToOrder(workshop: Workshop): Promise<Figure[]> {
  for (const name of ['gateway', 'engine'] as const) await workshop.start(name)
  const account = await openAccount(workshop, 'candles', 'STRATEGY')
  await ensureStrategy(account.userId, { name: 'Always long', description: '', timeframe: '1m', code: ALWAYS_LONG })
  const strategyId = (await listStrategies(account.userId)).find(({ name }) => name === 'Always long')?.id ?? ''
  const bus = createBus({
    name: 'bench',
    databaseUrl: workshop.queueUrl,
    log: createLogger('bench', 'error'),
    onRejected: () => Promise.resolve(),
  })
  const figures: Figure[] = []
  try {
    await round(workshop, bus, account, strategyId, MOST_RUNS)
    for (const runs of [1, MOST_RUNS]) {
      const rounds: Round[] = []
      for (let i = 0; i < (workshop.isQuick ? 2 : 5); i++) {
        rounds.push(await round(workshop, bus, account, strategyId, runs))
        await sleep(500)
      }
      const what = runs === 1 ? '1 run' : `${runs} runs`
      figures.push(
        figure(`candle close to last decision: ${what}, median`, median(rounds.map((each) => each.decided)), 'ms'),
        figure(`candle close to last order: ${what}, median`, median(rounds.map((each) => each.ordered)), 'ms'),
        figure(`candle close to last order: ${what}, worst`, Math.max(...rounds.map((each) => each.ordered)), 'ms'),
      )
    }
  } finally {
    await bus.close()
  }
  return figures
}
