'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { StatusDot } from '@/components/ui/status-dot'
import { formatAmount } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import {
  type BalanceLineView,
  type CheckSummary,
  type CheckView,
  type DifferenceView,
  orderedLines,
} from '@/lib/view/reconciliation'

const COLUMNS = ['asset', 'expected', 'actual', 'difference', 'explanation'] as const
/** More lines are shown when asked for. */
const SHOWN = 12
const CELL = 'px-2 py-1.5 align-top'

/** In a word how it ended. */
function useResult(): (check: CheckSummary) => { text: string; tone: 'up' | 'warn' | 'down' | 'idle' } {
  const t = useTranslations('account.balances.result')
  return (check) => {
    if (check.state === 'FAILED') return { text: t('failed'), tone: 'down' }
    if (check.state === 'UNSETTLED') return { text: t('unsettled'), tone: 'warn' }
    if (check.state !== 'DONE') return { text: t('running'), tone: 'idle' }
    if (check.isFirst) return { text: t('first'), tone: 'up' }
    if (check.unknown > 0)
      return { text: t('unknown', { count: check.unknown }), tone: check.unacknowledged > 0 ? 'warn' : 'up' }
    return { text: check.differences > 0 ? t('explained', { count: check.differences }) : t('same'), tone: 'up' }
  }
}

interface Props {
  check: CheckView
  isBusy: boolean
  onAcknowledge: (checkId: string) => void
}

/** One reconciliation: its result, and every asset. */
export function BalanceCheck({ check, isBusy, onAcknowledge }: Props) {
  const t = useTranslations('account.balances')
  const timeZone = useTimeZone() ?? 'UTC'
  const resultOf = useResult()
  const [isWhole, setWhole] = useState(false)
  const { text, tone } = resultOf(check)
  const lines = orderedLines(check.lines)
  const differing = lines.filter(({ parts }) => parts.length > 0).length
  const shown = isWhole ? lines : lines.slice(0, Math.max(SHOWN, differing))
  return (
    <div className="flex flex-col gap-2" data-testid="balance-check" data-check={check.id}>
      <div className="flex flex-wrap items-center justify-between gap-2 text-[13px]">
        <p className="flex items-center gap-2">
          <StatusDot tone={tone} />
          <span data-testid="check-result">{text}</span>
          <span className="text-xs text-mute">
            {formatJournalTime(check.finishedAt ?? check.askedAt, timeZone)} · {t(check.isDaily ? 'daily' : 'asked')}
          </span>
        </p>
        {check.unacknowledged > 0 ? (
          <Button
            size="small"
            tone="primary"
            data-testid="acknowledge"
            disabled={isBusy}
            onClick={() => onAcknowledge(check.id)}
          >
            {t('acknowledge')}
          </Button>
        ) : null}
      </div>
      {check.isFirst ? <p className="text-xs text-mute">{t('firstText')}</p> : null}
      {check.unknown > 0 ? <p className="text-xs text-soft">{t('unknownText')}</p> : null}
      {check.hasNoRecords ? <p className="text-xs text-warn">{t('noRecords')}</p> : null}
      {lines.length === 0 ? (
        <p className="text-[13px] text-mute">{t('noAssets')}</p>
      ) : (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t('title')}>
          <table className="w-full text-[13px]" data-testid="balance-lines">
            <caption className="sr-only">{t('title')}</caption>
            <thead>
              <tr className="text-[11px] text-mute">
                {COLUMNS.map((column) => (
                  <th
                    key={column}
                    scope="col"
                    className={`px-2 py-1 font-medium whitespace-nowrap ${
                      column === 'asset' ? 'text-left' : column === 'explanation' ? 'w-1/2 text-left' : 'text-right'
                    }`}
                  >
                    {t(`column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <Line key={line.asset} line={line} timeZone={timeZone} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {lines.length > shown.length ? (
        <div>
          <Button size="small" tone="quiet" onClick={() => setWhole(true)}>
            {t('more', { count: lines.length - shown.length })}
          </Button>
        </div>
      ) : null}
    </div>
  )
}

function Line({ line, timeZone }: { line: BalanceLineView; timeZone: string }) {
  const locale = useLocale()
  const isSame = line.parts.length === 0
  const isUnknown = line.parts.some(({ kind, isAcknowledged }) => kind === 'UNKNOWN' && !isAcknowledged)
  return (
    <tr className="border-t border-line" data-testid="balance-line" data-asset={line.asset}>
      <th scope="row" className={`${CELL} text-left font-medium`}>
        {line.asset}
      </th>
      <td className={`${CELL} text-right whitespace-nowrap text-soft`}>{formatAmount(line.expected, locale)}</td>
      <td className={`${CELL} text-right whitespace-nowrap`}>{formatAmount(line.actual, locale)}</td>
      <td className={`${CELL} text-right whitespace-nowrap ${isUnknown ? 'text-warn' : isSame ? 'text-mute' : ''}`}>
        {isSame ? '–' : formatAmount(line.difference, locale, { isSigned: true })}
      </td>
      <td className={`${CELL} min-w-56`}>
        {isSame ? null : (
          <ul className="flex flex-col gap-0.5">
            {line.parts.map((part) => (
              <Part key={part.id} part={part} isOnly={line.parts.length === 1} timeZone={timeZone} />
            ))}
          </ul>
        )}
      </td>
    </tr>
  )
}

function Part({ part, isOnly, timeZone }: { part: DifferenceView; isOnly: boolean; timeZone: string }) {
  const t = useTranslations('account.balances')
  const locale = useLocale()
  const isOpen = part.kind === 'UNKNOWN' && !part.isAcknowledged
  return (
    <li className="text-xs [overflow-wrap:anywhere]" title={part.note ?? undefined}>
      <span className={isOpen ? 'font-medium text-warn' : 'text-soft'}>
        {part.kind === 'OTHER' && part.note !== null ? t('kindOther', { word: part.note }) : t(`kind.${part.kind}`)}
      </span>
      {isOnly ? null : <span> {formatAmount(part.amount, locale, { isSigned: true })}</span>}
      {part.occurredAt === null ? null : (
        <span className="text-mute"> · {formatJournalTime(part.occurredAt, timeZone)}</span>
      )}
      {part.kind === 'UNKNOWN' && part.isAcknowledged ? (
        <span className="text-mute"> · {t('acknowledged')}</span>
      ) : null}
    </li>
  )
}

interface HistoryProps {
  history: CheckSummary[]
  shownId: string | null
  onShow: (checkId: string) => void
}

/** The reconciliations so far; a press shows one. */
export function CheckHistory({ history, shownId, onShow }: HistoryProps) {
  const t = useTranslations('account.balances')
  const timeZone = useTimeZone() ?? 'UTC'
  const resultOf = useResult()
  return (
    <details data-testid="check-history">
      <summary className="text-[13px] font-semibold text-soft">{t('history')}</summary>
      <ul className="mt-1 flex max-h-56 flex-col overflow-y-auto" tabIndex={0}>
        {history.map((check) => {
          const { text, tone } = resultOf(check)
          return (
            <li key={check.id} className="border-t border-line first:border-t-0">
              <button
                type="button"
                data-testid="history-row"
                aria-current={check.id === shownId}
                disabled={check.state !== 'DONE'}
                className="flex w-full items-center gap-2 px-1 py-1 text-left text-xs enabled:hover:bg-line/40 aria-[current=true]:bg-accent/10"
                onClick={() => onShow(check.id)}
              >
                <StatusDot tone={tone} />
                <span className="text-mute">{formatJournalTime(check.finishedAt ?? check.askedAt, timeZone)}</span>
                <span className="text-soft">{text}</span>
                <span className="ml-auto text-mute">{t(check.isDaily ? 'daily' : 'asked')}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
