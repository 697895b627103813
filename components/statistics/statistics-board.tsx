'use client'

import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTimeZone, useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { CurvePanel } from '@/components/statistics/curve-panel'
import { DayCalendar } from '@/components/statistics/day-calendar'
import { GainFigures } from '@/components/statistics/gain-figures'
import { PerformanceTable } from '@/components/statistics/performance-table'
import { type Choice, StatisticsFilters } from '@/components/statistics/statistics-filters'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { dayOf, periodOf } from '@/lib/view/days'
import {
  GROUPINGS,
  knownBalance,
  searchOf,
  type StartBalance,
  type StatisticsQuery,
  type StatisticsView,
} from '@/lib/view/statistics'

const REFRESH_MS = 60_000
/** Executions come in bunches: one reading for all of them. */
const GATHER_MS = 2000

/** « Statistiques »: what the closed round trips brought, over time and by what they came from. */
export function StatisticsBoard({ initial }: { initial: StatisticsView }) {
  const t = useTranslations('statistics')
  const timeZone = useTimeZone() ?? 'UTC'
  const queries = useQueryClient()
  const [choice, setChoice] = useState<Choice>({ broker: '', quote: '', period: 'all', custom: {} })
  const query: StatisticsQuery = {
    broker: choice.broker || undefined,
    quote: choice.quote || undefined,
    ...periodOf(choice.period, dayOf(Date.now(), timeZone), choice.custom),
  }
  const search = searchOf(query)
  const { data, isError, isPlaceholderData, refetch } = useQuery({
    queryKey: ['statistics', search, timeZone],
    queryFn: ({ signal }) => ask<StatisticsView>(`/api/statistics?${search}`, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
    // What was closed while the page was being opened was announced to nobody.
    refetchOnMount: 'always',
    ...(search === '' ? { initialData: initial } : {}),
  })
  const view = data ?? initial
  const { data: balance, isError: isBalanceAway } = useQuery({
    queryKey: ['statistics', 'balance', search, timeZone],
    queryFn: ({ signal }) => ask<StartBalance>(`/api/statistics/balance?${search}`, signal),
    refetchInterval: REFRESH_MS,
    enabled: view.all !== null && !isPlaceholderData,
    retry: false,
  })
  const answered = balance?.quote === view.quote ? balance : undefined

  const gathering = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const refresh = () => {
    gathering.current ??= setTimeout(() => {
      gathering.current = undefined
      void queries.invalidateQueries({ queryKey: ['statistics'] })
    }, GATHER_MS)
  }
  useEffect(() => () => clearTimeout(gathering.current), [])
  useLiveEvent('position.changed', refresh)
  useReconnected(refresh)

  return (
    <div className="flex flex-col gap-3">
      <h1 className="sr-only">{t('title')}</h1>
      {isError ? (
        <ErrorMessage>
          {t('stale')}{' '}
          <Button size="small" onClick={() => void refetch()}>
            {t('retry')}
          </Button>
        </ErrorMessage>
      ) : null}
      <StatisticsFilters
        view={view}
        choice={choice}
        search={search}
        choose={(change) => setChoice({ ...choice, ...change })}
      />
      <div
        className={`flex flex-col gap-3 transition-opacity ${isPlaceholderData ? 'opacity-60' : ''}`}
        aria-busy={isPlaceholderData}
        data-testid="statistics"
      >
        {view.all === null ? (
          <Panel testId="no-trips">
            <EmptyState title={t('empty.title')}>
              {view.open.trips > 0
                ? t('empty.open', { trips: view.open.trips })
                : t(search === '' ? 'empty.text' : 'empty.filtered')}
            </EmptyState>
          </Panel>
        ) : (
          <>
            <GainFigures all={view.all} view={view} known={answered ? knownBalance(answered) : null} />
            <div className="grid gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(24rem,1fr)]">
              <CurvePanel view={view} balance={answered ?? (isBalanceAway ? null : undefined)} />
              <DayCalendar days={view.days} quote={view.quote} />
            </div>
            <div className="grid gap-3 xl:grid-cols-2">
              {GROUPINGS.map((grouping) => (
                <PerformanceTable key={grouping} grouping={grouping} group={view.groups[grouping]} quote={view.quote} />
              ))}
            </div>
          </>
        )}
      </div>
    </div>
  )
}
