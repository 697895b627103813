import { syntheticCandle } from '../../daemons/simulator/market/synthetic'
import { Ema } from '../../lib/indicators/ema'

const MINUTE = 60_000
const WARM_UP = 120
const SEEDS = 400

/** The minutes of the next quarter of an hour at whose close the sample strategy's averages cross, counted from `start`. */
function crossings(seed: number, start: number): { over: number[]; under: number[] } {
  const fast = new Ema(3)
  const slow = new Ema(8)
  const found = { over: [] as number[], under: [] as number[] }
  for (let index = -WARM_UP; index < 8; index++) {
    const close = Number(syntheticCandle(seed, 'BTCUSDT', start + index * MINUTE, MINUTE).close)
    fast.update(close)
    slow.update(close)
    if (index < 0) continue
    if (fast.prev <= slow.prev && fast.value > slow.value) found.over.push(index)
    if (fast.prev >= slow.prev && fast.value < slow.value) found.under.push(index)
  }
  return found
}

/**
 * A seed of the synthetic market with which the sample strategy enters at the close of the bar that begins at `start`, and
 * keeps its position for two minutes or more: a test need not wait for a crossing.
 */
export function seedWithCrossingAt(start: number): number {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { over, under } = crossings(seed, start)
    if (over.includes(0) && !under.some((minute) => minute <= 3)) return seed
  }
  throw new Error(`no crossing at ${new Date(start).toISOString()} in ${SEEDS} seeds`)
}
