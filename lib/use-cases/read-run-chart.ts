import { listNewestCandles, listNewestHeartbeatCandles, listRunFills } from '@/lib/db/chart-reads'
import { findRunOfUser } from '@/lib/db/strategy-run-repository'
import { type ChartBar, joinBars, type RunChartView } from '@/lib/view/run-chart'

const BARS_SHOWN = 400

interface Row {
  openTime: Date
  open: { toNumber(): number }
  high: { toNumber(): number }
  low: { toNumber(): number }
  close: { toNumber(): number }
}

const barOf = (row: Row): ChartBar => ({
  openTime: row.openTime.getTime(),
  open: row.open.toNumber(),
  high: row.high.toNumber(),
  low: row.low.toNumber(),
  close: row.close.toNumber(),
})

/** Candles and executions of a run's market; null when the run is not this user's. The broker's own candles come first. */
export async function readRunChart(userId: string, runId: string): Promise<RunChartView | null> {
  const run = await findRunOfUser(userId, runId)
  if (run === null) return null
  const [own, heartbeat] = await Promise.all([
    listNewestCandles(run.brokerId, run.symbol, run.timeframe, BARS_SHOWN),
    listNewestHeartbeatCandles(run.symbol, run.timeframe, BARS_SHOWN),
  ])
  const bars = joinBars(own.map(barOf), heartbeat.map(barOf), BARS_SHOWN)
  const fills = await listRunFills(runId, new Date(bars[0]?.openTime ?? 0))
  return {
    bars,
    fills: fills.map((fill) => ({
      id: fill.id.toString(),
      time: fill.tradeTime.getTime(),
      side: fill.side,
      price: fill.price.toFixed(),
      quantity: fill.quantity.toFixed(),
    })),
  }
}
