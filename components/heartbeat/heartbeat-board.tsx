'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ConnectionPanel } from '@/components/heartbeat/connection-panel'
import { GapList } from '@/components/heartbeat/gap-list'
import { RawStream } from '@/components/heartbeat/raw-stream'
import { SignalBox } from '@/components/heartbeat/signal-box'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { ErrorMessage } from '@/components/ui/message'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'
import { type HeartbeatView, mergeSignals, type SignalView, signalKey } from '@/lib/view/heartbeat'

const REFRESH_MS = 10_000

/** The Heartbeat page at work: what the database holds, and on top of it what arrives over the socket. */
export function HeartbeatBoard({ initial }: { initial: HeartbeatView }) {
  const t = useTranslations('heartbeat')
  const queries = useQueryClient()
  const [fresh, setFresh] = useState<SignalView[]>([])
  const { data, isError } = useQuery({
    queryKey: ['heartbeat'],
    queryFn: ({ signal }) => ask<HeartbeatView>('/api/heartbeat', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
  })
  const refresh = () => void queries.invalidateQueries({ queryKey: ['heartbeat'] })
  useLiveEvent('heartbeat.status', refresh)
  useReconnected(refresh)
  useLiveEvent('heartbeat.signal', ({ signalId, symbol, timeframe, closeTime, isLate, isRecovered }) => {
    const arrived = {
      key: signalKey(symbol, signalId),
      symbol,
      timeframe,
      closeTime,
      isLate,
      isRecovered,
      // One that came too late to be acted on is history.
      isFresh: !isLate,
    }
    setFresh((known) => mergeSignals(known, [arrived]))
  })

  const signals = mergeSignals(fresh, data.signals)
  const hasSymbols = new Set(signals.map((signal) => signal.symbol)).size > 1
  return (
    <div className="flex flex-col gap-3">
      <h1 className="sr-only">{t('title')}</h1>
      {isError ? <ErrorMessage>{t('stale')}</ErrorMessage> : null}
      <div className="grid gap-3 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <RawStream />
        <ConnectionPanel statuses={data.statuses} />
      </div>
      <div
        className={`grid grid-cols-2 gap-2 sm:grid-cols-4 ${hasSymbols ? 'min-[1800px]:grid-cols-8' : 'xl:grid-cols-8'}`}
      >
        {TIMEFRAMES.map((timeframe) => (
          <SignalBox
            key={timeframe}
            timeframe={timeframe}
            signals={signals.filter((signal) => signal.timeframe === timeframe)}
            hasSymbols={hasSymbols}
          />
        ))}
      </div>
      <GapList gaps={data.gaps} />
    </div>
  )
}
