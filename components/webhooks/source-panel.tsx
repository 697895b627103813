'use client'

import { useQuery } from '@tanstack/react-query'
import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { ask } from '@/components/shell/question'
import { DataTable } from '@/components/ui/data-table'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { StatusDot } from '@/components/ui/status-dot'
import { SwitchGroup } from '@/components/ui/switch-group'
import type { WebhookActions } from '@/components/webhooks/webhook-actions'
import { formatPercent } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import type { SourceView, WebhookStatsView } from '@/lib/view/webhook'

const REFRESH_MS = 15_000
const COLUMNS = ['name', 'symbol', 'interval', 'last', 'came', 'missed', 'lossRate', 'state', 'audit'] as const
const NUMERIC: readonly string[] = ['came', 'missed', 'lossRate']
const CELL = 'px-1.5 py-1 whitespace-nowrap'

interface Props extends WebhookActions {
  initial: WebhookStatsView
}

/** Where the alerts come from, and how many of them never came. */
export function SourcePanel({ initial, muteSource }: Props) {
  const t = useTranslations('webhooks.sources')
  const [hasFailed, setFailed] = useState(false)
  const {
    data: stats,
    isError,
    refetch,
  } = useQuery({
    queryKey: ['webhooks', 'stats'],
    queryFn: ({ signal }) => ask<WebhookStatsView>('/api/webhooks/stats', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
    refetchOnMount: 'always',
  })
  const mute = async (source: SourceView, isMuted: boolean) => {
    setFailed(!(await muteSource(source.id, isMuted).catch(() => false)))
    await refetch()
  }
  return (
    <Panel
      title={t('title')}
      testId="webhook-sources"
      aside={
        <span className="text-xs text-mute sm:whitespace-nowrap" data-testid="webhook-total">
          {t('total', { count: stats.total })}
          {stats.handledMs === null ? '' : ` · ${t('handled', { median: Math.round(stats.handledMs.p50) })}`}
        </span>
      }
    >
      {isError || hasFailed ? (
        <div className="p-3">
          <ErrorMessage>{hasFailed ? t('muteFailed') : t('stale')}</ErrorMessage>
        </div>
      ) : null}
      {stats.sources.length === 0 ? (
        <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
      ) : (
        <DataTable
          label={t('title')}
          testId="source-table"
          className="max-h-72"
          columns={COLUMNS.map((key) => ({
            key,
            heading: t(`column.${key}`),
            isNumeric: NUMERIC.includes(key),
            isIndented: key === 'state',
          }))}
        >
          {stats.sources.map((source) => (
            <SourceRow key={source.id} source={source} mute={mute} />
          ))}
        </DataTable>
      )}
    </Panel>
  )
}

function SourceRow({
  source,
  mute,
}: {
  source: SourceView
  mute: (source: SourceView, isMuted: boolean) => Promise<void>
}) {
  const t = useTranslations('webhooks.sources')
  const tPage = useTranslations('webhooks')
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const [isBusy, setBusy] = useState(false)
  const name = source.name === '' ? tPage('noName') : source.name
  const account = source.brokerNumber === null ? null : t('account', { number: source.brokerNumber })
  const fullName = account === null ? name : `${name} · ${account}`
  const state = source.isMuted ? 'muted' : source.isPaused ? 'paused' : source.missedInRow > 0 ? 'missing' : 'regular'
  const change = async (isMuted: boolean) => {
    setBusy(true)
    await mute(source, isMuted)
    setBusy(false)
  }
  return (
    <tr className="border-t border-line" data-testid="source-row" data-state={state}>
      <td className={`${CELL} max-w-60 pl-3`} title={fullName}>
        <span className="flex gap-1.5">
          <span className="truncate">{name}</span>
          {account === null ? null : <span className="text-mute">{account}</span>}
        </span>
      </td>
      <td className={`${CELL} text-accent`}>{source.symbol === '' ? '–' : source.symbol}</td>
      <td className={`${CELL} text-soft`}>{source.interval}</td>
      <td className={`${CELL} text-mute`}>{formatJournalTime(source.lastReceivedAt, timeZone)}</td>
      <td className={`${CELL} text-right`}>{source.came}</td>
      <td className={`${CELL} text-right ${source.missed > 0 ? 'text-warn' : ''}`}>{source.missed}</td>
      <td className={`${CELL} text-right ${source.missed > 0 ? 'text-warn' : 'text-up'}`} data-testid="loss-rate">
        {formatPercent(source.lossRate.toFixed(6), locale, false)}
      </td>
      <td className={`${CELL} pl-4 text-soft`}>
        <span className="flex items-center gap-1.5">
          <StatusDot tone={state === 'regular' ? 'up' : state === 'missing' ? 'warn' : 'idle'} />
          {t(`state.${state}`, { count: source.missedInRow })}
        </span>
      </td>
      <td className={`${CELL} pr-3`}>
        <SwitchGroup
          label={t('auditOf', { name: fullName })}
          value={source.isMuted ? 'OFF' : 'ON'}
          options={[
            { value: 'ON', text: 'ON' },
            { value: 'OFF', text: 'OFF' },
          ]}
          isDisabled={isBusy}
          onChange={(value) => void change(value === 'OFF')}
        />
      </td>
    </tr>
  )
}
