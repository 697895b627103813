import { median, monotonicMs, percentile } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import type { Candle } from '@/lib/domain/market/candle'
import { fromNumber, parseDecimal } from '@/lib/domain/money/decimal'
import type { StrategyHost } from '@/lib/domain/strategy/evaluation'
import { createStrategyHost } from '@/lib/strategy-runtime/host'
import { SAMPLE_STRATEGY } from '@/lib/use-cases/sample-strategy'

// The sample strategy on 500 candles, in its sandboxed process: compiled or found compiled, sent over, run, answer checked.

const MINUTE = 60_000
const AT_ONCE = 20

function candles(): Candle[] {
  return Array.from({ length: 500 }, (_, index) => {
    const price = fromNumber(+(100 + 5 * Math.sin(index / 40)).toFixed(2))
    const openTime = 1_700_000_040_000 + index * MINUTE
    const prices = { open: price, high: price, low: price, close: price, volume: parseDecimal('10') }
    const times = { openTime, closeTime: openTime + MINUTE }
    return { symbol: 'BTC/USDT', timeframe: '1m' as const, ...times, ...prices, tradeCount: 10, isClosed: true }
  })
}

export async function strategyEvaluation(workshop: Workshop): Promise<Figure[]> {
  const host: StrategyHost = createStrategyHost()
  const history = candles()
  const evaluate = async (run: number): Promise<number> => {
    const startedAt = monotonicMs()
    const { isDecided } = await host.evaluate({
      runId: `run-${run}`,
      code: SAMPLE_STRATEGY.code,
      candles: history,
      balance: parseDecimal('10000'),
      position: null,
    })
    if (!isDecided) throw new Error('the sample strategy did not decide')
    return monotonicMs() - startedAt
  }
  try {
    const first = await evaluate(0)
    for (let i = 0; i < 20; i++) await evaluate(i)
    const samples: number[] = []
    for (let i = 0; i < (workshop.isQuick ? 200 : 600); i++) samples.push(await evaluate(i))
    const rounds = workshop.isQuick ? 5 : 15
    await Promise.all(Array.from({ length: AT_ONCE }, (_, run) => evaluate(run)))
    const startedAt = monotonicMs()
    for (let i = 0; i < rounds; i++) await Promise.all(Array.from({ length: AT_ONCE }, (_, run) => evaluate(run)))
    const perSecond = (rounds * AT_ONCE * 1000) / (monotonicMs() - startedAt)
    return [
      figure('strategy, 500 candles: one after the other, p50', median(samples), 'ms'),
      figure('strategy, 500 candles: one after the other, p99', percentile(samples, 0.99), 'ms'),
      figure('strategy, 500 candles: first, process included', first, 'ms'),
      figure('strategy, 500 candles: twenty at once', perSecond, 'evaluations/s'),
    ]
  } finally {
    await host.close()
  }
}
