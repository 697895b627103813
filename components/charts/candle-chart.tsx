'use client'

import {
  type AutoscaleInfo,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useEffect, useRef, useState } from 'react'
import { chartOptions, readChartColors } from '@/components/charts/chart-colors'
import { useThemeCount } from '@/components/charts/theme-count'
import { barsFrom, liveBarOf } from '@/components/charts/live-bar'
import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import type { PriceTick } from '@/lib/realtime/channels'
import type { NumberLocale } from '@/lib/view/format-amount'
import type { ChartBar } from '@/lib/view/run-chart'

interface ChartMark {
  id: string
  time: EpochMs
  isBuy: boolean
}

export interface ChartLine {
  price: number
  tone: 'accent' | 'up' | 'down'
  title: string
}

interface Props {
  bars: ChartBar[]
  marks: ChartMark[]
  lines: ChartLine[]
  timeframe: Timeframe
  locale: NumberLocale
  timeZone: string
  priceDecimals: number
  /** Hands the chart's receiver of live prices to the parent, which knows where they come from. */
  onReady: (receive: (tick: PriceTick) => void) => void
  label: string
}

interface Drawing {
  /** False once the chart is gone: the library throws at those who still touch it. */
  isAlive: boolean
  chart: IChartApi
  series: ISeriesApi<'Candlestick'>
  marks: ISeriesMarkersPluginApi<Time>
}

// A stop or target this many times farther away than the candles reach stays out of sight, or they would be flat lines.
const FARTHEST = 4

/** The price range on screen, widened so that near lines are seen. */
function widened(scale: AutoscaleInfo | null, prices: number[]): AutoscaleInfo | null {
  if (scale?.priceRange == null) return scale
  const { minValue, maxValue } = scale.priceRange
  const reach = (maxValue - minValue) * FARTHEST
  const near = prices.filter((price) => price > minValue - reach && price < maxValue + reach)
  return { ...scale, priceRange: { minValue: Math.min(minValue, ...near), maxValue: Math.max(maxValue, ...near) } }
}

// A few bars stay as slim as many.
const firstShown = (count: number): number => Math.max(count - 90, Math.min(0, count - 50))

const secondsOf = (time: EpochMs): UTCTimestamp => Math.floor(time / 1000) as UTCTimestamp

/** Candles with executions as arrows and prices of interest as lines; the last bar follows the live price. */
export function CandleChart({ bars, marks, lines, timeframe, locale, timeZone, priceDecimals, onReady, label }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const themeCount = useThemeCount()
  const lastBar = useRef<ChartBar | null>(null)
  const hasFitted = useRef(false)

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const colors = readChartColors(element)
    const chart = createChart(element, chartOptions(colors, { locale, timeZone, priceDecimals }))
    const series = chart.addSeries(CandlestickSeries, {
      upColor: colors.up,
      wickUpColor: colors.up,
      downColor: colors.down,
      wickDownColor: colors.down,
      borderVisible: false,
      priceFormat: { type: 'price', precision: Math.min(priceDecimals, 8), minMove: 10 ** -Math.min(priceDecimals, 8) },
    })
    hasFitted.current = false
    const made: Drawing = { isAlive: true, chart, series, marks: createSeriesMarkers<Time>(series, []) }
    setDrawing(made)
    return () => {
      made.isAlive = false
      setDrawing(null)
      chart.remove()
    }
  }, [themeCount, locale, timeZone, priceDecimals])

  useEffect(() => {
    if (drawing?.isAlive !== true) return
    const joined = barsFrom(bars, lastBar.current)
    lastBar.current = joined.at(-1) ?? null
    drawing.series.setData(joined.map(({ openTime, ...ohlc }) => ({ time: secondsOf(openTime), ...ohlc })))
    if (hasFitted.current || joined.length === 0) return
    hasFitted.current = true
    drawing.chart.timeScale().setVisibleLogicalRange({ from: firstShown(joined.length), to: joined.length + 6 })
  }, [drawing, bars])

  useEffect(() => {
    if (drawing?.isAlive !== true || box.current === null) return
    const colors = readChartColors(box.current)
    drawing.marks.setMarkers(
      marks.map((mark) => ({
        time: secondsOf(mark.time),
        position: mark.isBuy ? 'belowBar' : 'aboveBar',
        shape: mark.isBuy ? 'arrowUp' : 'arrowDown',
        color: mark.isBuy ? colors.up : colors.down,
      })),
    )
  }, [drawing, marks])

  useEffect(() => {
    if (drawing?.isAlive !== true || box.current === null) return
    const colors = readChartColors(box.current)
    const drawn: IPriceLine[] = lines.map(({ price, tone, title }) =>
      drawing.series.createPriceLine({ price, color: colors[tone], lineStyle: LineStyle.Dashed, lineWidth: 1, title }),
    )
    const prices = lines.map((line) => line.price)
    drawing.series.applyOptions({
      autoscaleInfoProvider: (scale: () => AutoscaleInfo | null) => widened(scale(), prices),
    })
    return () => {
      if (drawing.isAlive) drawn.forEach((line) => drawing.series.removePriceLine(line))
    }
  }, [drawing, lines])

  useEffect(() => {
    if (drawing?.isAlive !== true) return
    onReady((tick) => {
      if (!drawing.isAlive) return
      const next = liveBarOf(lastBar.current, tick, timeframe)
      if (next === null) return
      lastBar.current = next
      const { openTime, ...ohlc } = next
      drawing.series.update({ time: secondsOf(openTime), ...ohlc })
    })
    return () => onReady(() => undefined)
  }, [drawing, timeframe, onReady])

  return <div ref={box} role="img" aria-label={label} className="h-full min-h-0 w-full" />
}
