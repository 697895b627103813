'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import { ChevronIcon } from '@/components/shell/icons'
import { StoryButton } from '@/components/story/story-button'
import { useReason } from '@/components/story/use-reason'
import { formatAmount } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import { toneOf, type WebhookRowView } from '@/lib/view/webhook'

const TONES = { good: 'text-up', bad: 'text-down', missed: 'text-warn', waiting: 'text-accent', quiet: 'text-soft' }
const CELL = 'px-1.5 py-1 whitespace-nowrap'
const NUMBER = `${CELL} text-right`
const LONG = `${CELL} max-w-40 truncate`
/** As wide as the screen at most, and it stays where it is seen when a narrow screen scrolls the table. */
const IN_SIGHT = 'sticky left-8 max-w-[min(100%,calc(100vw-5rem))] w-fit [overflow-wrap:anywhere]'
const DASH = '–'
const COLUMN_COUNT = 14

/** A webhook; opened, every field of its message. */
export function JournalRow({ row }: { row: WebhookRowView }) {
  const t = useTranslations('webhooks')
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const reasonIn = useReason()
  const [isOpen, setOpen] = useState(false)
  const tone = toneOf(row.status)
  // One that never came has no time of its own but the one it was due at.
  const [date = '', clock = ''] = formatJournalTime(
    row.action === 'MISSED' ? (row.dueAt ?? row.receivedAt) : row.receivedAt,
    timeZone,
  ).split(' ')
  const [hour, minute] = clock.split(':')
  const reason = row.reason === null || row.reason === 'PING' ? null : reasonIn(row.reason)
  const action = row.action === null ? row.actionText : t(`action.${row.action}`)
  const background = tone === 'missed' ? 'bg-warn/10' : tone === 'bad' ? 'bg-down/5' : ''
  return (
    <>
      <tr
        data-testid="webhook-row"
        data-status={row.status}
        data-action={row.action ?? ''}
        className={`border-t border-line ${background}`}
      >
        <td className={`${CELL} pl-3 font-medium ${TONES[tone]}`}>
          <button
            type="button"
            aria-expanded={isOpen}
            aria-label={t('fieldsOf', { status: t(`status.${row.status}`) })}
            data-testid="webhook-fields"
            onClick={() => setOpen(!isOpen)}
            className="flex items-center gap-1"
          >
            <ChevronIcon isOpen={isOpen} />
            {t(`status.${row.status}`)}
          </button>
        </td>
        <td className={`${CELL} text-mute`}>{date}</td>
        <td className={`${CELL} text-soft`}>{hour}</td>
        <td className={`${CELL} text-soft`}>{minute}</td>
        <td className={LONG} title={row.exchange ?? undefined}>
          {row.exchange ?? DASH}
        </td>
        <td className={`${LONG} text-accent`} title={row.symbol ?? undefined}>
          {row.symbol ?? DASH}
        </td>
        <td
          className={`${LONG} ${tone === 'missed' ? 'font-semibold text-warn' : row.action === null ? 'text-down' : ''}`}
          title={row.actionText ?? undefined}
        >
          {action ?? DASH}
        </td>
        <td className={NUMBER}>{formatAmount(row.sizePercent, locale)}</td>
        <td className={NUMBER}>{formatAmount(row.price, locale)}</td>
        <td className={NUMBER}>{formatAmount(row.stopLossPrice, locale)}</td>
        <td className={NUMBER}>{formatAmount(row.takeProfitPrice, locale)}</td>
        <td className={`${LONG} pl-4`} title={row.interval ?? undefined}>
          {row.interval ?? DASH}
        </td>
        <td className={`${LONG} text-soft`} title={row.source ?? undefined}>
          {row.source ?? DASH}
        </td>
        <td className={`${CELL} pr-3 text-right`}>
          <StoryButton path={`/api/webhooks/${row.id}/story`} title={`${action ?? ''} ${row.symbol ?? ''}`.trim()} />
        </td>
      </tr>
      {reason === null ? null : (
        <tr className={background}>
          <td colSpan={COLUMN_COUNT} className="px-3 pb-1 pl-8 text-[11px] text-soft">
            <div className={IN_SIGHT}>{reason}</div>
          </td>
        </tr>
      )}
      {isOpen ? (
        <tr>
          <td colSpan={COLUMN_COUNT} className="bg-canvas px-3 py-2 pl-8">
            <div className={IN_SIGHT}>
              <Fields row={row} timeZone={timeZone} />
            </div>
          </td>
        </tr>
      ) : null}
    </>
  )
}

/** Every field of the message as it came, and what was noted about it. */
function Fields({ row, timeZone }: { row: WebhookRowView; timeZone: string }) {
  const t = useTranslations('webhooks.field')
  const noted: [string, string][] = [
    [t('received'), formatJournalTime(row.receivedAt, timeZone)],
    ...(row.processedAt === null
      ? []
      : [[t('processed'), formatJournalTime(row.processedAt, timeZone)] satisfies [string, string]]),
    ...(row.dueAt === null ? [] : [[t('due'), formatJournalTime(row.dueAt, timeZone)] satisfies [string, string]]),
    [t('orders'), String(row.orderCount)],
  ]
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1 text-[11px]" data-testid="webhook-field-list">
      {[...noted, ...row.fields].map(([name, value], index) => (
        <div key={`${index} ${name}`} className="flex min-w-0 gap-1.5">
          <dt className="shrink-0 text-mute">{name}</dt>
          <dd className="min-w-0 text-soft [overflow-wrap:anywhere]">{value === '' ? DASH : value}</dd>
        </div>
      ))}
    </dl>
  )
}
