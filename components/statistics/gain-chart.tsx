'use client'

import {
  AreaSeries,
  BaselineSeries,
  createChart,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts'
import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { chartOptions, readChartColors } from '@/components/charts/chart-colors'
import type { DayGain } from '@/lib/view/statistics'

interface Drawing {
  isAlive: boolean
  chart: IChartApi
  total: ISeriesApi<'Baseline'>
  drawdown: ISeriesApi<'Area'>
}

const DAY_S = 86_400

/** Days stand at their midnight in UTC: the chart shows dates only, so no zone moves them. */
const secondsOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000

/** A token's color with an opacity of two hexadecimal digits; a built style sheet shortens #00ff88 to #0f8. */
const translucent = (color: string, opacity: string): string =>
  `${color.length === 4 ? color.replace(/[\da-f]/gi, '$&$&') : color}${opacity}`

/** The gain added up day by day, and below it how far it stands under its highest point. */
export function GainChart({ days }: { days: DayGain[] }) {
  const t = useTranslations('statistics.curve')
  const locale = useLocale()
  const box = useRef<HTMLDivElement>(null)
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const [themeCount, setThemeCount] = useState(0)

  useEffect(() => {
    const observer = new MutationObserver(() => setThemeCount((count) => count + 1))
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const colors = readChartColors(element)
    const base = chartOptions(colors, { locale, timeZone: 'UTC', priceDecimals: 2 })
    const dateOf = (time: unknown) =>
      new Date(Number(time) * 1000).toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' })
    const chart = createChart(element, {
      ...base,
      layout: { ...base.layout, panes: { separatorColor: colors.grid, enableResize: false } },
      localization: { ...base.localization, timeFormatter: dateOf },
      timeScale: { ...base.timeScale, timeVisible: false },
    })
    const total = chart.addSeries(BaselineSeries, {
      baseValue: { type: 'price', price: 0 },
      topLineColor: colors.up,
      topFillColor1: translucent(colors.up, '44'),
      topFillColor2: translucent(colors.up, '08'),
      bottomLineColor: colors.down,
      bottomFillColor1: translucent(colors.down, '08'),
      bottomFillColor2: translucent(colors.down, '44'),
      lineWidth: 2,
      title: t('total'),
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
      },
      1,
    )
    chart.panes()[1]?.setStretchFactor(0.4)
    const made: Drawing = { isAlive: true, chart, total, drawdown }
    setDrawing(made)
    return () => {
      made.isAlive = false
      setDrawing(null)
      chart.remove()
    }
  }, [themeCount, locale, t])

  useEffect(() => {
    if (drawing?.isAlive !== true || days[0] === undefined) return
    // The curve starts at nothing, the day before the first gain: one day alone is a line too.
    const start = { time: (secondsOf(days[0].day) - DAY_S) as UTCTimestamp, value: 0 }
    const points = (read: (day: DayGain) => string) => [
      start,
      ...days.map((day) => ({ time: secondsOf(day.day) as UTCTimestamp, value: Number(read(day)) })),
    ]
    drawing.total.setData(points((day) => day.total))
    drawing.drawdown.setData(points((day) => day.drawdown))
    drawing.chart.timeScale().fitContent()
  }, [drawing, days])

  return <div ref={box} role="img" aria-label={t('label')} className="h-80 min-h-0 w-full" />
}
