'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AlertActions } from '@/components/account/alert-actions'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { ErrorMessage } from '@/components/ui/message'
import { type DotTone, StatusDot } from '@/components/ui/status-dot'
import { ALERT_KINDS } from '@/lib/domain/alert/alert'
import type { ChannelAnswer, ChannelState, ChannelView, TrialAnswer } from '@/lib/view/alert-channel'
import { formatAmount } from '@/lib/view/format-amount'
import { formatClock, formatJournalTime } from '@/lib/view/format-time'

const TONES: Record<ChannelState, DotTone> = {
  OFF: 'idle',
  BROKEN: 'down',
  STUCK: 'down',
  RETRYING: 'warn',
  OK: 'up',
  NEW: 'idle',
}

interface Props {
  channel: ChannelView
  actions: AlertActions
  onEdit: () => void
  onChanged: () => void
}

/** One channel: whether it delivers, what it is told of, and its commands. */
export function AlertChannelRow({ channel, actions, onEdit, onChanged }: Props) {
  const t = useTranslations('account.alerts')
  const [trial, setTrial] = useState<TrialAnswer | null>(null)
  const [isTrying, setTrying] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const [refusal, setRefusal] = useState<ChannelAnswer | null>(null)

  async function send(): Promise<void> {
    setTrying(true)
    setTrial(null)
    setTrial(await actions.tryChannel(channel.id).catch((): TrialAnswer => ({ isDone: false, reason: 'UNAVAILABLE' })))
    setTrying(false)
    onChanged()
  }
  async function remove(): Promise<void> {
    const answer = await actions
      .removeChannel(channel.id)
      .catch((): ChannelAnswer => ({ isDone: false, reason: 'UNAVAILABLE' }))
    setRefusal(answer)
    setAsking(false)
    onChanged()
  }

  return (
    <li data-testid="channel-row" data-state={channel.state} className="flex flex-col gap-2 px-3 py-2.5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <p className="flex min-w-0 items-center gap-2 text-[13px]">
            <StatusDot tone={TONES[channel.state]} />
            <span className="truncate font-medium" title={channel.name}>
              {channel.name}
            </span>
            <span className="text-xs whitespace-nowrap text-mute">
              {t(`service.${channel.service}`)} {channel.addressHint}
            </span>
          </p>
          <Facts channel={channel} />
        </div>
        <div className="flex flex-wrap items-center gap-1.5">
          <Button size="small" data-testid="try-channel" disabled={isTrying} onClick={() => void send()}>
            {isTrying ? t('trying') : t('try')}
          </Button>
          <Button size="small" data-testid="edit-channel" onClick={onEdit}>
            {t('edit')}
          </Button>
          <Button size="small" tone="danger" data-testid="remove-channel" onClick={() => setAsking(true)}>
            {t('remove')}
          </Button>
        </div>
      </div>
      <div aria-live="polite" className="flex flex-col gap-2 empty:hidden">
        {trial === null ? <Trouble channel={channel} /> : <TrialResult channel={channel} trial={trial} />}
        {refusal === null || refusal.isDone ? null : <ErrorMessage>{t(`refusal.${refusal.reason}`)}</ErrorMessage>}
      </div>
      <Dialog title={t('removeTitle', { name: channel.name })} isOpen={isAsking} onClose={() => setAsking(false)}>
        <p className="text-[13px] text-soft">{t('removeText')}</p>
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={() => setAsking(false)}>
            {t('cancel')}
          </Button>
          <Button tone="danger" data-testid="confirm-remove-channel" onClick={() => void remove()}>
            {t('confirmRemove')}
          </Button>
        </div>
      </Dialog>
    </li>
  )
}

/** State, last delivery, what waits and what was lost, in one line that wraps. */
function Facts({ channel }: { channel: ChannelView }) {
  const t = useTranslations('account.alerts')
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const shown = (count: number) => formatAmount(String(count), locale)
  const { waiting, waitingSince, expired, lastDeliveredAt, kinds } = channel
  const facts = [
    t(`state.${channel.state}`),
    lastDeliveredAt === null
      ? t('neverDelivered')
      : t('lastDelivered', { time: formatJournalTime(lastDeliveredAt, timeZone) }),
    waiting === 0 || waitingSince === null
      ? null
      : `${t('waiting', { count: waiting, shown: shown(waiting) })} ${t('waitingSince', { time: formatClock(waitingSince, timeZone) })}`,
    channel.state === 'RETRYING' && channel.retryAt !== null
      ? t('retryAt', { time: formatClock(channel.retryAt, timeZone) })
      : null,
    t('told', { count: kinds.length, shown: shown(kinds.length), total: shown(ALERT_KINDS.length) }),
  ].filter((fact) => fact !== null)
  return (
    <p className="mt-0.5 pl-4 text-xs text-mute" data-testid="channel-facts">
      {facts.join(' · ')}
      {expired === 0 ? null : (
        <span className="text-warn"> · {t('expired', { count: expired, shown: shown(expired) })}</span>
      )}
    </p>
  )
}

/** What the service said, where the channel does not deliver, and what to do. */
function Trouble({ channel }: { channel: ChannelView }) {
  const t = useTranslations('account.alerts')
  if (channel.brokenCode !== null)
    return (
      <ErrorMessage testId="channel-trouble">
        {t(`broken.${channel.brokenCode}`)}
        <Said text={channel.lastError} />
      </ErrorMessage>
    )
  if (channel.lastError === null || channel.waiting === 0) return null
  return (
    <p className="pl-4 text-xs text-warn [overflow-wrap:anywhere]" data-testid="channel-trouble">
      {t('said', { text: channel.lastError })}
    </p>
  )
}

function Said({ text }: { text: string | null }) {
  const t = useTranslations('account.alerts')
  return text === null || text === '' ? null : (
    <span className="mt-1 block text-xs opacity-80">{t('said', { text })}</span>
  )
}

function TrialResult({ channel, trial }: { channel: ChannelView; trial: TrialAnswer }) {
  const t = useTranslations('account.alerts')
  const service = t(`service.${channel.service}`)
  if (trial.isDone)
    return (
      <p role="status" data-testid="trial-done" className="pl-4 text-[13px] text-up">
        {t('trial.done', { service })}
      </p>
    )
  const { reason } = trial
  return (
    <ErrorMessage testId="trial-failed">
      {reason === 'WAIT'
        ? t('trial.WAIT', { service, seconds: trial.seconds })
        : reason === 'AGAIN'
          ? t('trial.AGAIN', { service })
          : reason === 'CHANNEL_UNKNOWN' || reason === 'UNAVAILABLE'
            ? t(`refusal.${reason}`)
            : t(`broken.${reason}`)}
      {'said' in trial ? <Said text={trial.said} /> : null}
    </ErrorMessage>
  )
}
