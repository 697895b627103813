'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { useLiveEvent, useLiveState, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { type DotTone, StatusDot } from '@/components/ui/status-dot'
import type { BrokerStatusView, StatusView } from '@/lib/view/status'

const REFRESH_MS = 5000
// The bar has room for several brokers; the whole name stands in the tooltip.
const NAME_SHOWN = 18

function Chip({
  tone,
  title,
  testId,
  children,
}: {
  tone?: DotTone
  title?: string
  testId: string
  children: ReactNode
}) {
  return (
    <li data-testid={testId} title={title} className="flex items-center gap-1.5 whitespace-nowrap text-xs text-soft">
      {tone === undefined ? null : <StatusDot tone={tone} />}
      {children}
    </li>
  )
}

/** Stands out on purpose: what it says changes what everything else on the screen means. */
function Flag({
  tone,
  title,
  testId,
  children,
}: {
  tone: 'warn' | 'down' | 'testnet'
  title?: string
  testId: string
  children: ReactNode
}) {
  const colors = {
    warn: 'border-warn/50 bg-warn/10 text-warn',
    down: 'border-down/60 bg-down/10 text-down',
    testnet: 'border-2 border-[#ff0055] bg-ink text-canvas',
  }
  return (
    <li
      data-testid={testId}
      title={title}
      className={`flex h-6 items-center whitespace-nowrap rounded border px-2 text-xs font-semibold ${colors[tone]}`}
    >
      {children}
    </li>
  )
}

function BrokerChip({ broker }: { broker: BrokerStatusView }) {
  const t = useTranslations('status')
  const format = useFormatter()
  const count = format.number(broker.pairCount)
  const name = broker.name.length > NAME_SHOWN ? `${broker.name.slice(0, NAME_SHOWN).trimEnd()}…` : broker.name
  const text = broker.isLoading
    ? t('loadingPairs', { name })
    : t('pairs', { name, count: broker.pairCount, shown: count })
  return (
    <Chip
      testId="status-broker"
      title={[broker.name, broker.exchangeId, broker.error].filter(Boolean).join(' · ')}
      tone={broker.error === null ? 'up' : 'down'}
    >
      {text}
    </Chip>
  )
}

/** State of the installation at a glance, kept current by the socket and by asking every few seconds. */
export function StatusBar({ initial }: { initial: StatusView | null }) {
  const t = useTranslations('status')
  const live = useLiveState()
  const queries = useQueryClient()
  const { data, isError } = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => ask<StatusView>('/api/status', signal),
    refetchInterval: REFRESH_MS,
    ...(initial === null ? {} : { initialData: initial }),
  })
  const refresh = () => void queries.invalidateQueries({ queryKey: ['status'] })
  useLiveEvent('heartbeat.status', refresh)
  useLiveEvent('status.changed', refresh)
  useLiveEvent('run.changed', refresh)
  useReconnected(refresh)

  if (data === undefined || isError)
    return (
      <ul className="flex items-center gap-3">
        {isError ? (
          <Flag tone="down" testId="status-unavailable">
            {t('unavailable')}
          </Flag>
        ) : (
          <li className="text-xs text-mute">{t('loading')}</li>
        )}
      </ul>
    )

  const { heartbeat } = data
  const testnets = data.brokers.filter((broker) => broker.isTestnet)
  return (
    <ul
      aria-label={t('label')}
      data-testid="status-bar"
      className="flex items-center gap-x-4 overflow-x-auto [scrollbar-width:none]"
    >
      {data.downProcesses.length === 0 ? null : (
        <Flag tone="down" testId="status-down" title={data.downProcesses.join(', ')}>
          {data.downProcesses.length <= 2
            ? t('down', { names: data.downProcesses.join(', ') })
            : t('downMany', { count: data.downProcesses.length })}
        </Flag>
      )}
      {testnets.length === 0 ? null : (
        <Flag tone="testnet" testId="status-testnet">
          {t('testnet', { names: testnets.map((broker) => broker.name).join(', ') })}
        </Flag>
      )}
      {data.isDebugActive ? (
        <Flag tone="warn" testId="status-debug">
          {t('debug')}
        </Flag>
      ) : null}
      <Chip testId="status-heartbeat" tone={heartbeat?.isActive ? 'up' : 'down'}>
        {heartbeat?.isActive ? t('heartbeatActive') : t('heartbeatInactive')}
      </Chip>
      {heartbeat === null ? null : (
        <Chip testId="status-coherence" tone={heartbeat.isCoherent ? 'up' : 'down'}>
          {heartbeat.isCoherent ? t('coherent') : t('incoherent')}
        </Chip>
      )}
      {heartbeat === null || heartbeat.marketSource === 'LIVE' ? null : (
        <Chip testId="status-market" tone="warn" title={t(`source.${heartbeat.marketSource}`)}>
          {t('simulated')}
        </Chip>
      )}
      {data.brokers.map((broker) => (
        <BrokerChip key={broker.id} broker={broker} />
      ))}
      <Chip testId="status-runs" tone={data.runsAtWork > 0 ? 'up' : 'idle'}>
        {t('runs', { count: data.runsAtWork })}
      </Chip>
      {live === 'lost' ? (
        <Chip testId="status-live" tone="warn" title={t('liveLostHint')}>
          {t('liveLost')}
        </Chip>
      ) : null}
    </ul>
  )
}
