'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ActivationForm } from '@/components/bots/activation-form'
import type { RunActions } from '@/components/bots/run-actions'
import { RunCard } from '@/components/bots/run-card'
import { useLiveEvent, usePrices, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { isFinished, type RunView, sortRuns } from '@/lib/view/run'
import type { RunChoices } from '@/lib/view/run-form'

const REFRESH_MS = 5000

interface Props {
  initial: RunView[]
  choices: RunChoices
  actions: RunActions
}

/** An account without strategy or broker: one button gives it a paper one. */
function NothingToActivate({ openPaperAccount }: { openPaperAccount: RunActions['openPaperAccount'] }) {
  const t = useTranslations('bots')
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [hasFailed, setFailed] = useState(false)
  const open = async () => {
    setBusy(true)
    const isOpened = await openPaperAccount().catch(() => false)
    setFailed(!isOpened)
    setBusy(false)
    if (isOpened) router.refresh()
  }
  return (
    <Panel title={t('form.title')}>
      <div className="flex flex-col items-center gap-3 pb-6">
        <EmptyState title={t('nothing.title')}>{t('nothing.text')}</EmptyState>
        <Button tone="primary" data-testid="open-paper" disabled={isBusy} onClick={() => void open()}>
          {isBusy ? t('nothing.busy') : t('nothing.open')}
        </Button>
        {hasFailed ? <ErrorMessage>{t('nothing.failed')}</ErrorMessage> : null}
      </div>
    </Panel>
  )
}

/** The Trading BOT page at work. */
export function BotsBoard({ initial, choices, actions }: Props) {
  const t = useTranslations('bots')
  const queries = useQueryClient()
  const { data: runs, isError } = useQuery({
    queryKey: ['runs'],
    queryFn: ({ signal }) => ask<RunView[]>('/api/runs', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
  })
  const [toggled, setToggled] = useState<Record<string, boolean>>({})
  const [prices, setPrices] = useState<Record<string, string>>({})

  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['runs'] })
    void queries.invalidateQueries({ queryKey: ['status'] })
  }
  useLiveEvent('run.changed', refresh)
  useLiveEvent('order.changed', refresh)
  useLiveEvent('position.changed', refresh)
  useReconnected(refresh)
  usePrices((tick) => setPrices((known) => ({ ...known, [tick.symbol]: tick.price })))

  const hasChoice = choices.strategies.length > 0 && choices.brokers.length > 0
  const current = sortRuns(runs.filter((run) => !isFinished(run)))
  const finished = runs.filter(isFinished)
  const cardOf = (run: RunView, isOpenAtFirst: boolean) => {
    const isOpen = toggled[run.id] ?? isOpenAtFirst
    return (
      <li key={run.id}>
        <RunCard
          run={run}
          livePrice={run.isStreamed ? (prices[run.symbol] ?? null) : null}
          isOpen={isOpen}
          onToggle={() => setToggled((known) => ({ ...known, [run.id]: !isOpen }))}
          actions={actions}
          onChanged={refresh}
        />
      </li>
    )
  }

  return (
    <div className="flex flex-col gap-3">
      <h1 className="sr-only">{t('title')}</h1>
      {hasChoice ? (
        <ActivationForm
          choices={choices}
          activate={actions.activate}
          onActivated={(runId) => {
            setToggled((known) => ({ ...known, [runId]: true }))
            refresh()
          }}
        />
      ) : (
        <NothingToActivate openPaperAccount={actions.openPaperAccount} />
      )}
      {isError ? <ErrorMessage>{t('stale')}</ErrorMessage> : null}
      <h2 className="mt-1 flex items-baseline gap-2 text-[13px] font-semibold">
        {t('current')}
        <span className="font-normal text-mute">{t('count', { count: current.length })}</span>
      </h2>
      {current.length === 0 ? (
        <Panel>
          <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
        </Panel>
      ) : (
        <ul data-testid="run-list" className="flex flex-col gap-3">
          {current.map((run, index) => cardOf(run, index === 0))}
        </ul>
      )}
      {finished.length === 0 ? null : (
        <details className="mt-1">
          <summary className="text-[13px] font-semibold text-soft">{t('finished', { count: finished.length })}</summary>
          <ul className="mt-3 flex flex-col gap-3">{finished.map((run) => cardOf(run, false))}</ul>
        </details>
      )}
    </div>
  )
}
