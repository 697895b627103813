'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useCallback, useState } from 'react'
import { BrokerChip } from '@/components/shell/broker-chip'
import { useLiveEvent, useLiveState, useReconnected } from '@/components/shell/live-provider'
import { LoadReport, type Report } from '@/components/shell/load-report'
import type { LoadPairs } from '@/components/shell/pairs-loader'
import { ask } from '@/components/shell/question'
import { Chip, Flag } from '@/components/shell/status-chip'
import type { StatusView } from '@/lib/view/status'

const REFRESH_MS = 5000
/** State of the installation at a glance, kept current by the socket and by asking every few seconds. */
export function StatusBar({ initial, loadPairs }: { initial: StatusView | null; loadPairs: LoadPairs }) {
  const [report, setReport] = useState<Report | null>(null)
  const closeReport = useCallback(() => setReport(null), [])
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
    <>
      <ul
        aria-label={t('label')}
        data-testid="status-bar"
        className="flex items-center gap-x-4 overflow-x-auto pr-6 [mask-image:linear-gradient(to_right,#000_calc(100%-24px),transparent)] [scrollbar-width:none]"
      >
        {data.downProcesses.length === 0 ? null : (
          <Flag tone="down" testId="status-down" title={data.downProcesses.join(', ')}>
            {data.downProcesses.length <= 2
              ? t('down', { names: data.downProcesses.join(', ') })
              : t('downMany', { count: data.downProcesses.length })}
          </Flag>
        )}
        {data.mutedChannels.length === 0 ? null : (
          <Flag tone="warn" testId="status-alerts" title={t('alertsHint')}>
            {t('alerts', { names: data.mutedChannels.join(', ') })}
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
        <Chip testId="status-runs" tone={data.runsAtWork > 0 ? 'up' : 'idle'}>
          {t('runs', { count: data.runsAtWork })}
        </Chip>
        {data.brokers.map((broker) => (
          <BrokerChip
            key={broker.id}
            broker={broker}
            loadPairs={loadPairs}
            onEnd={(end) => {
              setReport({ name: broker.name, end })
              refresh()
            }}
          />
        ))}
        {live === 'lost' ? (
          <Chip testId="status-live" tone="warn" title={t('liveLostHint')}>
            {t('liveLost')}
          </Chip>
        ) : null}
      </ul>
      {report === null ? null : <LoadReport report={report} onClose={closeReport} />}
    </>
  )
}
