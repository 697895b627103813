'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { DayCalendar } from '@/components/statistics/day-calendar'
import { GainChart } from '@/components/statistics/gain-chart'
import { GainFigures } from '@/components/statistics/gain-figures'
import { PerformanceTable } from '@/components/statistics/performance-table'
import { Select } from '@/components/ui/field'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import {
  dayOf,
  GROUPINGS,
  PERIODS,
  type PeriodName,
  periodOf,
  searchOf,
  type StatisticsQuestion,
  type StatisticsView,
} from '@/lib/view/statistics'

const REFRESH_MS = 60_000
const LINK =
  'inline-flex h-7 items-center rounded border border-line-strong bg-raised px-2.5 text-xs whitespace-nowrap hover:border-mute'

/** « Statistiques »: what the closed round trips brought, over time and by what they came from. */
export function StatisticsBoard({ initial }: { initial: StatisticsView }) {
  const t = useTranslations('statistics')
  const timeZone = useTimeZone() ?? 'UTC'
  const queries = useQueryClient()
  const [period, setPeriod] = useState<PeriodName>('all')
  const [brokerId, setBrokerId] = useState('')
  const [quote, setQuote] = useState('')
  const question: StatisticsQuestion = {
    brokerId: brokerId || null,
    quote: quote || null,
    ...periodOf(period, dayOf(Date.now(), timeZone)),
  }
  const search = searchOf(question)
  const { data, isError, isPlaceholderData } = useQuery({
    queryKey: ['statistics', search, timeZone],
    queryFn: ({ signal }) => ask<StatisticsView>(`/api/statistics?${search}`, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    ...(search === '' ? { initialData: initial } : {}),
  })
  const view = data ?? initial
  const refresh = () => void queries.invalidateQueries({ queryKey: ['statistics'] })
  useLiveEvent('order.changed', (order) => {
    if (order.status === 'FILLED') refresh()
  })
  useReconnected(refresh)

  return (
    <div className="flex flex-col gap-3" aria-busy={isPlaceholderData}>
      <h1 className="sr-only">{t('title')}</h1>
      {isError ? <ErrorMessage>{t('stale')}</ErrorMessage> : null}
      <div className="flex flex-wrap items-center gap-2" role="group" aria-label={t('filters')}>
        <Select
          className="max-w-48"
          aria-label={t('period.label')}
          data-testid="period"
          value={period}
          onChange={(event) => setPeriod(event.target.value as PeriodName)}
        >
          {PERIODS.map((name) => (
            <option key={name} value={name}>
              {t(`period.${name}`)}
            </option>
          ))}
        </Select>
        <Select
          className="max-w-48"
          aria-label={t('broker')}
          data-testid="broker"
          value={brokerId}
          onChange={(event) => setBrokerId(event.target.value)}
        >
          <option value="">{t('allBrokers')}</option>
          {view.brokers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          className="max-w-32"
          aria-label={t('quote')}
          title={t('quoteHint')}
          data-testid="quote"
          value={view.quote}
          onChange={(event) => setQuote(event.target.value)}
        >
          {view.quotes.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
        <span className="ml-auto flex flex-wrap gap-2">
          {(['round-trips', 'fills'] as const).map((file) => (
            <a key={file} className={LINK} data-testid={file} href={`/api/statistics/${file}.csv?${search}`} download>
              {t(`export.${file}`)}
            </a>
          ))}
        </span>
      </div>
      {view.all === null ? (
        <Panel testId="no-trips">
          <EmptyState title={t('empty.title')}>{t(search === '' ? 'empty.text' : 'empty.filtered')}</EmptyState>
        </Panel>
      ) : (
        <>
          <GainFigures all={view.all} maxDrawdown={view.maxDrawdown} quote={view.quote} />
          <div className="grid gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(22rem,1fr)]">
            <Panel title={t('curve.title', { quote: view.quote })} testId="gain-curve">
              <GainChart days={view.days} />
            </Panel>
            <DayCalendar days={view.days} />
          </div>
          <div className="grid gap-3 xl:grid-cols-2">
            {GROUPINGS.map((grouping) => (
              <PerformanceTable key={grouping} grouping={grouping} rows={view.groups[grouping]} />
            ))}
          </div>
        </>
      )}
    </div>
  )
}
