import { boot } from '@/daemons/runtime/boot'
import { every } from '@/lib/platform/every'
import { findActiveSeries } from '@/lib/db/due-run-repository'
import { openTimeOf } from '@/lib/domain/market/timeframe'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { type CandleSeries, readHistory } from '@/lib/use-cases/candle-history'

const LOOK_EVERY_MS = 5000

/** Downloads candles, so that a run finds its history in place before its first signal. */
boot('backtester', async ({ bus, clock, log, stopping }) => {
  const gateway = createGatewayCaller(bus, clock)
  const complete = new Set<string>()

  /** Completes a series up to its last closed bar. */
  async function download(series: CandleSeries): Promise<void> {
    const candles = await readHistory(gateway, series, openTimeOf(series.timeframe, clock()))
    log.info({ ...series, count: candles?.length ?? 0 }, 'candles downloaded')
  }

  await bus.consume('backtest', { 'candles.download': (series) => download(series) })
  const loop = every(LOOK_EVERY_MS, stopping, log, 'history of new runs', async () => {
    for (const series of await findActiveSeries()) {
      const key = `${series.brokerId} ${series.symbol} ${series.timeframe}`
      if (complete.has(key)) continue
      await download(series)
      complete.add(key)
    }
  })
  return async () => {
    await loop
  }
})
