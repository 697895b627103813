'use client'

import {
  AreaSeries,
  type AutoscaleInfo,
  BaselineSeries,
  createChart,
  type ISeriesApi,
  TickMarkType,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { chartOptions, readChartColors, translucent } from '@/components/charts/chart-colors'
import { useThemeCount } from '@/components/charts/theme-count'
import { curveOf, type DayGain, type KnownBalance } from '@/lib/view/statistics'

interface Props {
  days: DayGain[]
  /** Draws the balance; null draws the gain alone. */
  balance: KnownBalance | null
  decimals: number
  label: string
}

interface Drawing {
  isAlive: boolean
  total: ISeriesApi<'Baseline'>
  drawdown: ISeriesApi<'Area'>
  fit: () => void
}

/** Days stand at their midnight in UTC: the chart shows dates only, so no zone moves them. */
const secondsOf = (day: string): UTCTimestamp => (Date.parse(day) / 1000) as UTCTimestamp

const TICKS: Partial<Record<TickMarkType, Intl.DateTimeFormatOptions>> = {
  [TickMarkType.Year]: { year: 'numeric' },
  [TickMarkType.Month]: { month: 'short' },
}

/** Balance or gain from day to day, and below it how far it stands under its highest point. */
export function GainChart({ days, balance, decimals, label }: Props) {
  const t = useTranslations('statistics.curve')
  const locale = useLocale()
  const box = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const themeCount = useThemeCount()

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const colors = readChartColors(element)
    const base = chartOptions(colors, { locale, timeZone: 'UTC', priceDecimals: decimals })
    const dateOf = (time: unknown, format: Intl.DateTimeFormatOptions) =>
      new Date(Number(time) * 1000).toLocaleDateString(locale, { ...format, timeZone: 'UTC' })
    const chart = createChart(element, {
      ...base,
      layout: { ...base.layout, panes: { separatorColor: colors.grid, enableResize: false } },
      localization: { ...base.localization, timeFormatter: (time: unknown) => dateOf(time, { dateStyle: 'medium' }) },
      timeScale: {
        ...base.timeScale,
        timeVisible: false,
        minBarSpacing: 0.01,
        tickMarkFormatter: (time: unknown, kind: TickMarkType) =>
          dateOf(time, TICKS[kind] ?? { day: 'numeric', month: 'short' }),
      },
    })
    const priceFormat = { type: 'price', precision: decimals, minMove: 10 ** -decimals } as const
    const total = chart.addSeries(BaselineSeries, {
      topLineColor: colors.up,
      topFillColor1: translucent(colors.up, '44'),
      topFillColor2: translucent(colors.up, '08'),
      bottomLineColor: colors.down,
      bottomFillColor1: translucent(colors.down, '08'),
      bottomFillColor2: translucent(colors.down, '44'),
      lineWidth: 2,
      priceFormat,
    })
    const drawdown = chart.addSeries(
      AreaSeries,
      {
        lineColor: colors.down,
        topColor: translucent(colors.down, '44'),
        bottomColor: translucent(colors.down, '08'),
        invertFilledArea: true,
        lineWidth: 1,
        title: t('drawdown'),
        priceFormat,
        // Nothing lost lies along the upper edge, also when nothing ever was.
        autoscaleInfoProvider: (read: () => AutoscaleInfo | null) => {
          const lowest = read()?.priceRange?.minValue ?? 0
          return { priceRange: { minValue: lowest < 0 ? lowest : -(10 ** -decimals), maxValue: 0 } }
        },
      },
      1,
    )
    // Figures at the border of the two would stand in each other.
    total.priceScale().applyOptions({ entireTextOnly: true })
    drawdown.priceScale().applyOptions({ scaleMargins: { top: 0, bottom: 0.1 }, entireTextOnly: true })
    chart.panes()[1]?.setStretchFactor(0.4)
    const scale = chart.timeScale()
    // All of it, at every width, with room for the first date.
    const fit = () => {
      const count = total.data().length
      if (count > 0) scale.setVisibleLogicalRange({ from: -count * 0.04, to: count - 1 + count * 0.02 })
    }
    scale.subscribeSizeChange(fit)
    const made: Drawing = { isAlive: true, total, drawdown, fit }
    setDrawing(made)
    return () => {
      made.isAlive = false
      setDrawing(null)
      chart.remove()
    }
  }, [themeCount, locale, decimals, t])

  useEffect(() => {
    if (drawing?.isAlive !== true) return
    const start = Number(balance?.start ?? 0)
    const points = curveOf(days, balance?.movements).map(({ day, ...point }) => ({ time: secondsOf(day), ...point }))
    drawing.total.applyOptions({ baseValue: { type: 'price', price: start } })
    drawing.total.setData(points.map(({ time, total, moved }) => ({ time, value: start + total + moved })))
    drawing.drawdown.setData(points.map(({ time, drawdown }) => ({ time, value: drawdown })))
    drawing.fit()
  }, [drawing, days, balance])

  return <div ref={box} role="img" data-testid="curve" aria-label={label} className="h-80 min-h-0 w-full" />
}
