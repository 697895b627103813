import { type Bus, createBus } from '@/lib/bus/bus'
import { storeCandles } from '@/lib/db/candle-repository'
import { prisma } from '@/lib/db/client'
import { createRun } from '@/lib/db/strategy-run-repository'
import { ensureStrategy } from '@/lib/db/strategy-repository'
import { type Timeframe, TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { fromNumber } from '@/lib/domain/money/decimal'
import { signalIdOf } from '@/lib/domain/signal/candle-closed'
import { createLogger } from '@/lib/platform/logger'
import type { TestAccount } from './account'
import type { Installation } from './installation'

/** What a test does in place of the market and the user: strategies, runs, signals and ticks. */
export interface TradingDesk {
  bus: Bus
  /** Adds a strategy of this source and runs it; answers the run's id. */
  run(account: TestAccount, strategy: { name: string; code: string }, on?: RunTerms): Promise<string>
  /** Gives the run's broker candles with these last closes, and publishes the signal of the last one. */
  signal(account: TestAccount, on: RunTerms & { closes: number[]; closeTime?: number }): Promise<Signal>
  publish(signal: Signal): Promise<void>
  /** The system tick of the tracker, or the minute tick of the engine, without waiting for it. */
  tick(isMinute?: boolean): Promise<void>
  close(): Promise<void>
}

export interface RunTerms {
  symbol?: string
  timeframe?: Timeframe
}

export interface Signal {
  signalId: string
  symbol: string
  timeframe: Timeframe
  closeTime: number
  isLate: boolean
}

const HISTORY = 500

/** A strategy that answers the same at every candle. */
export const strategyOf = (name: string, answers: { long?: boolean; short?: boolean; size?: number } = {}) => ({
  name,
  code: `export default class Fixed extends Strategy {
  shouldLong() { return ${answers.long ?? false} }
  shouldShort() { return ${answers.short ?? false} }
  calculatePositionSize() { return ${answers.size ?? 100} }
  calculateStopLoss() { return 0.01 }
  calculateTakeProfit() { return 0.02 }
}
`,
})

/** Enters when the last candle rose, and leaves when it fell. */
export const turningStrategy = (name: string) => ({
  name,
  code: strategyOf(name)
    .code.replace(
      'shouldLong() { return false }',
      'shouldLong() { return this.candle.close > this.candles.at(1).close }',
    )
    .replace('shouldShort() { return false }', 'shouldShort() { return this.candle.close < this.candles.at(1).close }'),
})

/** `closes` at the end of a long flat market. */
function candlesOf(symbol: string, timeframe: Timeframe, closeTime: number, closes: number[]) {
  const length = TIMEFRAME_MS[timeframe]
  const all = [...Array.from({ length: HISTORY - closes.length }, () => closes[0] ?? 1), ...closes]
  return all.map((close, index) => {
    const price = fromNumber(close)
    const end = closeTime - (HISTORY - 1 - index) * length
    return {
      symbol,
      timeframe,
      openTime: end - length,
      closeTime: end,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: price,
      tradeCount: 1,
      isClosed: true,
    }
  })
}

export function openDesk(installation: Installation): TradingDesk {
  const bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  const publish = (signal: Signal): Promise<void> =>
    bus.publish('candle.closed', {
      ...signal,
      openTime: signal.closeTime - TIMEFRAME_MS[signal.timeframe],
      publishedAt: Date.now(),
      source: 'PRIMARY',
      open: '1',
      high: '1',
      low: '1',
      close: '1',
      volume: '1',
    })
  return {
    bus,
    publish,
    async run(account, strategy, { symbol = 'BTC/USDT', timeframe = '4h' } = {}) {
      await ensureStrategy(account.userId, { description: '', timeframe, ...strategy })
      const { id: strategyId } = await prisma().strategy.findFirstOrThrow({
        where: { userId: account.userId, name: strategy.name },
      })
      const { userId, brokerId } = account
      const startsAt = Date.now() - 1000
      const endsAt = startsAt + 86_400_000
      const runId = await createRun({ userId, brokerId, strategyId, symbol, timeframe, startsAt, endsAt })
      if (runId === null) throw new Error('twenty runs are active')
      return runId
    },
    async signal(account, { symbol = 'BTC/USDT', timeframe = '4h', closes, closeTime = Date.now() - 500 }) {
      await installation.query('DELETE FROM candles WHERE broker_id = $1 AND symbol = $2 AND timeframe = $3', [
        account.brokerId,
        symbol,
        timeframe,
      ])
      await storeCandles(account.brokerId, candlesOf(symbol, timeframe, closeTime, closes))
      const signal = { signalId: signalIdOf(timeframe, closeTime), symbol, timeframe, closeTime, isLate: false }
      await publish(signal)
      return signal
    },
    tick: (isMinute = false) =>
      bus.publish('clock.tick', { exchangeTime: Date.now(), publishedAt: Date.now(), isMinute }),
    close: () => bus.close(),
  }
}
