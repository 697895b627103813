'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useReason } from '@/components/story/use-reason'
import { reasonKeyOf } from '@/lib/view/decision'
import { directionOf, formatAmount } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import { decimalsOfQuote } from '@/lib/view/statistics'
import type { StoryStep, StoryStepKind, StoryValue } from '@/lib/view/story'

const BAD: readonly StoryStepKind[] = ['UNREADABLE', 'NEVER_CAME', 'DENY', 'REJECT', 'NOT_SENT']
const GOOD: readonly StoryStepKind[] = ['EXECUTION', 'FILL']
const TONES = { up: 'bg-up', down: 'bg-down', flat: 'bg-line-strong' }

function toneOf({ kind, outcome, facts }: StoryStep): keyof typeof TONES {
  if (kind === 'PNL') {
    const value = facts[0]?.[1]
    return value !== undefined && 'amount' in value ? directionOf(value.amount) : 'flat'
  }
  if (BAD.includes(kind) || outcome === 'FAILED') return 'down'
  return GOOD.includes(kind) || outcome === 'EXECUTED' || outcome === 'DONE' ? 'up' : 'flat'
}

/** One step of a story: when, what, with which figures and why. */
export function StoryLine({ step }: { step: StoryStep }) {
  const t = useTranslations('story')
  const tDecision = useTranslations('bots.decision')
  const tStatus = useTranslations('webhooks.status')
  const timeZone = useTimeZone() ?? 'UTC'
  const reasonIn = useReason()
  const { kind, at, facts, reason, outcome, decision } = step
  const reasonKey = kind === 'DECIDED' && reason !== null ? reasonKeyOf(reason) : null
  const why = reasonKey !== null ? tDecision(`reason.${reasonKey}`) : reason === null ? null : reasonIn(reason)
  return (
    <li
      className="grid grid-cols-[auto_auto_1fr] items-baseline gap-x-3 border-l border-line py-1 pl-3 text-[13px]"
      data-testid="story-step"
      data-kind={kind}
    >
      <time className="text-xs whitespace-nowrap text-mute" dateTime={new Date(at).toISOString()}>
        {formatJournalTime(at, timeZone)}
        <span className="text-[10px]">.{String(new Date(at).getMilliseconds()).padStart(3, '0')}</span>
      </time>
      <span aria-hidden className={`size-1.5 self-center rounded-full ${TONES[toneOf(step)]}`} />
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{t(`step.${kind}`)}</span>
        {decision === null ? null : <span>{tDecision(`kind.${decision}`)}</span>}
        {outcome === null ? null : (
          <span className="text-soft">
            {outcome === 'PENDING' || outcome === 'DONE' || outcome === 'SKIPPED'
              ? t(`outcome.${outcome}`)
              : tStatus(outcome)}
          </span>
        )}
        {facts.map(([name, value]) => (
          <span key={name} className="text-xs text-soft [overflow-wrap:anywhere]">
            <span className="text-mute">{t(`fact.${name}`)}</span> <Value value={value} isGain={name === 'amount'} />
          </span>
        ))}
        {why === null ? null : <p className="basis-full text-xs text-soft [overflow-wrap:anywhere]">{why}</p>}
      </div>
    </li>
  )
}

/** A gain is rounded as everywhere; its exact amount is its title. */
function Value({ value, isGain }: { value: StoryValue; isGain: boolean }) {
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  if ('text' in value) return <>{value.text}</>
  if ('time' in value) return <>{formatJournalTime(value.time, timeZone)}</>
  const exact = formatAmount(value.amount, locale, { isSigned: isGain })
  if (isGain)
    return (
      <span title={exact}>
        {formatAmount(value.amount, locale, { decimals: decimalsOfQuote(value.asset ?? ''), isSigned: true })}
        {`\u00a0${value.asset ?? ''}`}
      </span>
    )
  return (
    <>
      {exact}
      {value.asset === undefined ? '' : `\u00a0${value.asset}`}
    </>
  )
}
