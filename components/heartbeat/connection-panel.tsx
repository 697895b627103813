'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Panel } from '@/components/ui/panel'
import { EmptyState } from '@/components/ui/message'
import { StatusDot } from '@/components/ui/status-dot'
import { formatJournalTime } from '@/lib/view/format-time'
import type { HeartbeatStatusView } from '@/lib/view/heartbeat'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 px-3 py-[3px]">
      <dt className="shrink-0 text-xs text-mute">{name}</dt>
      <dd className="flex min-w-0 items-center gap-1.5 text-right text-[13px] [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}

function StatusFacts({ status, isOnlyOne }: { status: HeartbeatStatusView; isOnlyOne: boolean }) {
  const t = useTranslations('heartbeat.connection')
  const timeZone = useTimeZone() ?? 'UTC'
  const timeOf = (time: number | null) => (time === null ? '–' : formatJournalTime(time, timeZone))
  return (
    <dl className="flex flex-col divide-y divide-line">
      {isOnlyOne ? null : <Fact name={t('role')}>{t(`roles.${status.role}`)}</Fact>}
      <Fact name={t('state')}>
        <StatusDot tone={status.isActive ? 'up' : status.isConnected ? 'warn' : 'down'} isBreathing={status.isActive} />
        {status.isActive ? t('active') : status.isConnected ? t('silent') : t('disconnected')}
      </Fact>
      <Fact name={t('coherence')}>
        <StatusDot tone={status.isCoherent ? 'up' : 'down'} />
        {status.isCoherent ? t('coherent') : t('incoherent')}
      </Fact>
      <Fact name={t('market')}>{t(`source.${status.marketSource}`)}</Fact>
      <Fact name={t('symbols')}>{status.symbols.join(', ') || '–'}</Fact>
      <Fact name={t('lastMessage')}>{timeOf(status.lastMessageAt)}</Fact>
      <Fact name={t('lastStart')}>{timeOf(status.lastStart)}</Fact>
      <Fact name={t('lastStop')}>{timeOf(status.lastStop)}</Fact>
      <Fact name={t('lastError')}>
        {status.lastError === null ? (
          <span className="text-mute">{t('noError')}</span>
        ) : (
          <span className="text-left text-down">{status.lastError}</span>
        )}
      </Fact>
    </dl>
  )
}

/** State of the market connection, one part per heartbeat. */
export function ConnectionPanel({ statuses }: { statuses: HeartbeatStatusView[] }) {
  const t = useTranslations('heartbeat.connection')
  return (
    <Panel title={t('title')} testId="heartbeat-connection" className="h-64">
      <div className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} role="region" aria-label={t('title')}>
        {statuses.length === 0 ? <EmptyState title={t('never')}>{t('neverHint')}</EmptyState> : null}
        {statuses.map((status) => (
          <StatusFacts key={status.role} status={status} isOnlyOne={statuses.length === 1} />
        ))}
      </div>
    </Panel>
  )
}
