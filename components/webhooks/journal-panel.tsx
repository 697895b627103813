'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { DataTable } from '@/components/ui/data-table'
import { Select } from '@/components/ui/field'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { JournalRow } from '@/components/webhooks/journal-row'
import { type SourceView, WEBHOOK_STATUSES, type WebhookJournalView } from '@/lib/view/webhook'

const REFRESH_MS = 15_000
const JOURNAL_COLUMNS = [
  'status',
  'date',
  'hour',
  'minute',
  'exchange',
  'symbol',
  'action',
  'percent',
  'price',
  'stopLoss',
  'takeProfit',
  'interval',
  'source',
  'why',
] as const
const NUMERIC: readonly string[] = ['percent', 'price', 'stopLoss', 'takeProfit']

interface Props {
  initial: WebhookJournalView
  sources: SourceView[]
}

/** Zone « Webhooks »: the journal, page by page. */
export function JournalPanel({ initial, sources }: Props) {
  const t = useTranslations('webhooks')
  const [status, setStatus] = useState('')
  const [source, setSource] = useState<string | null>(null)
  // The way from the newest page to this one.
  const [pages, setPages] = useState<string[]>([])
  const before = pages.at(-1)
  const query = new URLSearchParams({
    ...(status === '' ? {} : { status }),
    ...(source === null ? {} : { source }),
    ...(before === undefined ? {} : { before }),
  }).toString()
  const { data, isError, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: ['webhooks', 'history', query],
    queryFn: ({ signal }) => ask<WebhookJournalView>(`/api/webhooks/history?${query}`, signal),
    ...(query === '' ? { initialData: initial } : { placeholderData: keepPreviousData }),
    refetchInterval: REFRESH_MS,
    // What came while the page was being opened was announced to nobody.
    refetchOnMount: 'always',
  })
  const names = [...new Set(sources.map(({ name }) => name))].sort()
  const isFiltered = status !== '' || source !== null

  return (
    <Panel
      title={t('journal')}
      testId="webhook-journal"
      aside={
        <div className="flex min-w-0 flex-wrap items-center justify-end gap-2 py-1 max-sm:w-full max-sm:flex-nowrap max-sm:py-0">
          <Select
            aria-label={t('filter.status')}
            data-testid="filter-status"
            className="h-7! w-36! text-xs max-sm:flex-1"
            value={status}
            onChange={(event) => {
              setStatus(event.target.value)
              setPages([])
            }}
          >
            <option value="">{t('filter.allStatuses')}</option>
            {WEBHOOK_STATUSES.map((each) => (
              <option key={each} value={each}>
                {t(`status.${each}`)}
              </option>
            ))}
          </Select>
          <Select
            aria-label={t('filter.source')}
            data-testid="filter-source"
            className="h-7! w-44! text-xs max-sm:flex-1"
            value={source === null ? '' : `=${source}`}
            onChange={(event) => {
              setSource(event.target.value === '' ? null : event.target.value.slice(1))
              setPages([])
            }}
          >
            <option value="">{t('filter.allSources')}</option>
            {names.map((name) => (
              <option key={name} value={`=${name}`}>
                {name === '' ? t('noName') : name}
              </option>
            ))}
          </Select>
          <Button
            size="small"
            data-testid="refresh-journal"
            disabled={isFetching}
            className="w-24 max-sm:w-auto"
            onClick={() => void refetch()}
          >
            {t('refresh')}
          </Button>
        </div>
      }
    >
      {isError ? (
        <div className="p-3">
          <ErrorMessage>{t('stale')}</ErrorMessage>
        </div>
      ) : null}
      {data === undefined ? (
        isError ? null : (
          <p className="py-8 text-center text-[13px] text-mute">{t('loading')}</p>
        )
      ) : data.rows.length === 0 ? (
        isFiltered || before !== undefined ? (
          <EmptyState title={t('nothingFound')} />
        ) : (
          <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
        )
      ) : (
        <DataTable
          label={t('journal')}
          testId="journal-table"
          className={`max-h-[26rem] ${isPlaceholderData ? 'opacity-60' : ''}`}
          columns={JOURNAL_COLUMNS.map((key) => ({
            key,
            heading: t(`column.${key}`),
            isNumeric: NUMERIC.includes(key),
            isHidden: key === 'why',
            isIndented: key === 'interval',
          }))}
        >
          {data.rows.map((row) => (
            <JournalRow key={row.id} row={row} />
          ))}
        </DataTable>
      )}
      {pages.length === 0 && (data?.next ?? null) === null ? null : (
        <nav className="flex items-center justify-end gap-2 border-t border-line px-3 py-1.5" aria-label={t('pages')}>
          <Button
            size="small"
            tone="quiet"
            data-testid="newer"
            disabled={pages.length === 0}
            onClick={() => setPages(pages.slice(0, -1))}
          >
            {t('newer')}
          </Button>
          <span className="text-xs text-mute">{t('page', { number: pages.length + 1 })}</span>
          <Button
            size="small"
            tone="quiet"
            data-testid="older"
            disabled={isPlaceholderData || (data?.next ?? null) === null}
            onClick={() => {
              if (data?.next) setPages([...pages, data.next])
            }}
          >
            {t('older')}
          </Button>
        </nav>
      )}
    </Panel>
  )
}
