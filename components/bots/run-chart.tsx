'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useCallback, useMemo, useRef } from 'react'
import { CandleChart, type ChartLine } from '@/components/charts/candle-chart'
import { useLiveEvent, usePrices, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import type { PriceTick } from '@/lib/realtime/channels'
import type { RunView } from '@/lib/view/run'
import type { RunChartView } from '@/lib/view/run-chart'

/** The candles of a run's market with its executions, its entry, stop and target. */
export function RunChart({ run }: { run: RunView }) {
  const t = useTranslations('bots.chart')
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const queries = useQueryClient()
  const queryKey = ['run-chart', run.id]
  const { data, isError } = useQuery({
    queryKey,
    queryFn: ({ signal }) => ask<RunChartView>(`/api/runs/${run.id}/chart`, signal),
    refetchInterval: 60_000,
  })
  const refresh = () => void queries.invalidateQueries({ queryKey })
  useReconnected(refresh)
  useLiveEvent('heartbeat.signal', (signal) => {
    if (signal.symbol === run.symbol && signal.timeframe === run.timeframe) refresh()
  })
  useLiveEvent('order.changed', (order) => {
    if (order.runId === run.id) refresh()
  })

  const receive = useRef<(tick: PriceTick) => void>(() => undefined)
  const onReady = useCallback((receiver: (tick: PriceTick) => void) => {
    receive.current = receiver
  }, [])
  usePrices((tick) => {
    if (run.isStreamed && tick.symbol === run.symbol) receive.current(tick)
  })

  const entry = run.position?.averageEntryPrice
  const stopLoss = run.position?.stopLoss
  const takeProfit = run.position?.takeProfit
  const lines = useMemo(() => {
    const wanted: (ChartLine & { text: string | null | undefined })[] = [
      { text: entry, tone: 'accent', title: t('entry'), price: 0 },
      { text: stopLoss, tone: 'down', title: t('stopLoss'), price: 0 },
      { text: takeProfit, tone: 'up', title: t('takeProfit'), price: 0 },
    ]
    return wanted.flatMap(({ text, tone, title }) => (text ? [{ price: Number(text), tone, title }] : []))
  }, [entry, stopLoss, takeProfit, t])
  const marks = useMemo(
    () =>
      (data?.fills ?? []).map((fill) => ({
        id: fill.id,
        time: fill.time,
        isBuy: fill.side === 'BUY',
      })),
    [data],
  )

  return (
    <div className="h-80 min-w-0" data-testid="run-chart">
      {data === undefined ? (
        <p role={isError ? 'alert' : undefined} className="p-4 text-[13px] text-mute">
          {isError ? t('failed') : t('loading')}
        </p>
      ) : data.bars.length === 0 ? (
        <p className="p-4 text-[13px] text-mute">{t('empty')}</p>
      ) : (
        <CandleChart
          bars={data.bars}
          marks={marks}
          lines={lines}
          timeframe={run.timeframe}
          locale={locale}
          timeZone={timeZone}
          priceDecimals={run.priceDecimals}
          onReady={onReady}
          label={t('label', { symbol: run.symbol, timeframe: run.timeframe })}
        />
      )}
    </div>
  )
}
