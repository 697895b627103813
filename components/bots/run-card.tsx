'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { OrderTable } from '@/components/bots/order-table'
import type { RunActions } from '@/components/bots/run-actions'
import { RunChart } from '@/components/bots/run-chart'
import { RunCommands } from '@/components/bots/run-commands'
import { RunFigures } from '@/components/bots/run-figures'
import { ChevronIcon } from '@/components/shell/icons'
import { ErrorMessage } from '@/components/ui/message'
import { type DotTone, StatusDot } from '@/components/ui/status-dot'
import { reasonKeyOf } from '@/lib/view/decision'
import { formatJournalTime } from '@/lib/view/format-time'
import type { RunState, RunView } from '@/lib/view/run'

const DOTS: Record<RunState, DotTone> = {
  ACTIVE: 'up',
  SCHEDULED: 'warn',
  SUSPENDED: 'warn',
  ENDED: 'idle',
  STOPPED: 'idle',
}

interface Props {
  run: RunView
  livePrice: string | null
  isOpen: boolean
  onToggle: () => void
  actions: RunActions
  onChanged: () => void
}

/** The run's last answer to a signal, and what went wrong last. */
function RunVerdict({ run }: { run: RunView }) {
  const t = useTranslations('bots.decision')
  const timeZone = useTimeZone() ?? 'UTC'
  const { lastDecision: decision, lastError } = run
  const error = decision?.error ?? lastError?.text ?? null
  const reasonKey = reasonKeyOf(decision?.reason ?? '')
  const reason = reasonKey === null ? (decision?.reason ?? '') : t(`reason.${reasonKey}`)
  return (
    <div className="flex flex-col gap-2 border-t border-line px-3 py-2 text-[13px]">
      <p data-testid="last-decision" className="text-soft [overflow-wrap:anywhere]">
        <span className="text-mute">{t('label')} </span>
        {decision === null ? (
          t('none')
        ) : (
          <>
            <span className="font-medium text-ink">
              {decision.kind === null ? t('undecided') : t(`kind.${decision.kind}`)}
            </span>
            {reason === '' || reason === error ? null : ` — ${reason}`}
            <span className="text-mute">
              {' '}
              {formatJournalTime(decision.signaledAt, timeZone)}
              {decision.outcome === 'SKIPPED'
                ? ` · ${t('skipped')}`
                : decision.outcome === 'FAILED'
                  ? ` · ${t('failed')}`
                  : ''}
            </span>
          </>
        )}
      </p>
      {error === null ? null : (
        <ErrorMessage testId="last-error">
          {decision?.error && decision.errorLine !== null ? `${t('line', { line: decision.errorLine })} ` : null}
          {error}
        </ErrorMessage>
      )}
    </div>
  )
}

/** One run: state and figures at a glance; opened, its chart and its last orders. */
export function RunCard({ run, livePrice, isOpen, onToggle, actions, onChanged }: Props) {
  const t = useTranslations('bots.card')
  const timeZone = useTimeZone() ?? 'UTC'
  const [refusal, setRefusal] = useState<string | null>(null)
  const details = `run-${run.id}`
  return (
    <article
      data-testid="run-card"
      data-run-id={run.id}
      data-state={run.state}
      className="flex min-w-0 flex-col rounded-md border border-line bg-panel"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-2">
        <h3 className="min-w-0">
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={details}
            onClick={onToggle}
            className="flex max-w-full items-center gap-2 text-left font-semibold"
          >
            <ChevronIcon isOpen={isOpen} />
            <span className="truncate" title={run.strategyName}>
              {run.strategyName}
            </span>
          </button>
        </h3>
        <span className="whitespace-nowrap text-accent">{run.symbol}</span>
        <span className="whitespace-nowrap text-[13px] text-soft">{run.timeframe}</span>
        <span className="max-w-48 truncate text-[13px] text-mute" title={run.brokerName}>
          {run.brokerName} · {t(`environment.${run.environment}`)}
        </span>
        <span data-testid="run-state" className="flex items-center gap-1.5 text-[13px] whitespace-nowrap text-soft">
          <StatusDot tone={DOTS[run.state]} isBreathing={run.state === 'ACTIVE'} />
          {t(`state.${run.state}`)}
        </span>
        <span className="ml-auto text-xs whitespace-nowrap text-mute max-xl:hidden">
          {run.state === 'STOPPED'
            ? t('since', { start: formatJournalTime(run.startsAt, timeZone).slice(0, 14) })
            : t('period', {
                start: formatJournalTime(run.startsAt, timeZone).slice(0, 14),
                end: formatJournalTime(run.endsAt, timeZone).slice(0, 14),
              })}
        </span>
        <div className="max-xl:ml-auto">
          <RunCommands
            run={run}
            actions={actions}
            onDone={() => {
              setRefusal(null)
              onChanged()
            }}
            onRefused={setRefusal}
          />
        </div>
      </header>
      {refusal === null ? null : (
        <div className="px-3 pb-2">
          <ErrorMessage testId="run-refusal">{refusal}</ErrorMessage>
        </div>
      )}
      <RunFigures run={run} livePrice={livePrice} />
      {isOpen ? (
        <div
          id={details}
          className="grid min-w-0 border-t border-line xl:grid-cols-[minmax(0,1fr)_minmax(0,34rem)] xl:divide-x xl:divide-line"
        >
          <RunChart run={run} />
          <div className="min-w-0 max-xl:border-t max-xl:border-line">
            <OrderTable run={run} />
          </div>
        </div>
      ) : null}
      <RunVerdict run={run} />
    </article>
  )
}
