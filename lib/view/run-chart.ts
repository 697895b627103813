import type { OrderSide } from '@/lib/domain/order/order'
import type { EpochMs } from '@/lib/domain/market/timeframe'

/** One bar of a chart. Floating point is for drawing only. */
export interface ChartBar {
  openTime: EpochMs
  open: number
  high: number
  low: number
  close: number
}

interface ChartFill {
  id: string
  time: EpochMs
  side: OrderSide
  price: string
  quantity: string
}

export interface RunChartView {
  bars: ChartBar[]
  fills: ChartFill[]
}

/** Joins two series of bars, oldest first: where both have a bar, the first one's counts. */
export function joinBars(own: ChartBar[], other: ChartBar[], limit: number): ChartBar[] {
  const byTime = new Map(other.map((bar) => [bar.openTime, bar]))
  for (const bar of own) byTime.set(bar.openTime, bar)
  return [...byTime.values()].sort((a, b) => a.openTime - b.openTime).slice(-limit)
}
