'use client'

import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import type { AlertActions } from '@/components/account/alert-actions'
import { Button } from '@/components/ui/button'
import { Field, Select, TextInput } from '@/components/ui/field'
import { formText } from '@/components/ui/form-text'
import { ErrorMessage } from '@/components/ui/message'
import { ALERT_KINDS, ALERT_SERVICES, type AlertKind, type AlertService } from '@/lib/domain/alert/alert'
import type { ChannelAnswer, ChannelRefusal, ChannelView } from '@/lib/view/alert-channel'

interface Props extends Pick<AlertActions, 'saveChannel'> {
  /** Null for a new one. */
  channel: ChannelView | null
  onDone: () => void
}

/** A channel's service, address and switches. What is stored of the address is never shown. */
export function AlertChannelForm({ channel, saveChannel, onDone }: Props) {
  const t = useTranslations('account.alerts')
  const [service, setService] = useState<AlertService>(channel?.service ?? 'DISCORD')
  const [kinds, setKinds] = useState<ReadonlySet<AlertKind>>(new Set(channel?.kinds ?? ALERT_KINDS))
  const [isActive, setActive] = useState(channel?.isActive ?? true)
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<ChannelRefusal | null>(null)

  async function submit(form: FormData): Promise<void> {
    setBusy(true)
    setRefusal(null)
    const answer = await saveChannel({
      ...(channel === null ? {} : { id: channel.id }),
      service,
      name: formText(form, 'name').trim(),
      kinds: ALERT_KINDS.filter((kind) => kinds.has(kind)),
      isActive,
      ...(service === 'DISCORD'
        ? { webhookUrl: formText(form, 'webhookUrl') }
        : { botToken: formText(form, 'botToken'), chatId: formText(form, 'chatId') }),
    }).catch((): ChannelAnswer => ({ isDone: false, reason: 'UNAVAILABLE' }))
    setBusy(false)
    if (answer.isDone) onDone()
    else setRefusal(answer.reason)
  }
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit(new FormData(event.currentTarget))
  }
  const toggle = (kind: AlertKind) => {
    const changed = new Set(kinds)
    if (!changed.delete(kind)) changed.add(kind)
    setKinds(changed)
  }

  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-3" data-testid="channel-form">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('form.service')}>
          <Select
            value={service}
            disabled={channel !== null}
            data-testid="channel-service"
            onChange={(event) => setService(ALERT_SERVICES.find((one) => one === event.target.value) ?? 'DISCORD')}
          >
            {ALERT_SERVICES.map((one) => (
              <option key={one} value={one}>
                {t(`service.${one}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('form.name')}>
          <TextInput
            name="name"
            required
            maxLength={40}
            autoFocus
            autoComplete="off"
            spellCheck={false}
            data-testid="channel-name"
            defaultValue={channel?.name ?? ''}
          />
        </Field>
      </div>
      <AddressFields key={service} service={service} isOptional={channel !== null} />
      <p className="text-xs text-mute">
        {channel === null ? null : `${t('form.kept', { hint: channel.addressHint })} `}
        {t('form.secret')}
      </p>
      <fieldset className="flex flex-col gap-2">
        <legend className="text-xs font-medium text-soft">{t('form.events')}</legend>
        <div className="mt-1 flex gap-1.5">
          <Button size="small" onClick={() => setKinds(new Set(ALERT_KINDS))}>
            {t('form.all')}
          </Button>
          <Button size="small" data-testid="no-kinds" onClick={() => setKinds(new Set())}>
            {t('form.none')}
          </Button>
        </div>
        <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
          {ALERT_KINDS.map((kind) => (
            <Check key={kind} testId={`kind-${kind}`} isOn={kinds.has(kind)} onToggle={() => toggle(kind)}>
              {t(`kind.${kind}`)}
            </Check>
          ))}
        </div>
      </fieldset>
      <div className="border-t border-line pt-3">
        <Check testId="channel-active" isOn={isActive} onToggle={() => setActive(!isActive)}>
          {t('form.isActive')}
        </Check>
      </div>
      {refusal === null ? null : <ErrorMessage testId="channel-refusal">{t(`refusal.${refusal}`)}</ErrorMessage>}
      <div className="mt-1 flex justify-end gap-2">
        <Button tone="quiet" onClick={onDone}>
          {t('cancel')}
        </Button>
        <Button type="submit" tone="primary" data-testid="save-channel" disabled={isBusy}>
          {isBusy ? t('form.busy') : t('form.submit')}
        </Button>
      </div>
    </form>
  )
}

function AddressFields({ service, isOptional }: { service: AlertService; isOptional: boolean }) {
  const t = useTranslations('account.alerts.form')
  // A password manager has no business here, and a shoulder sees nothing.
  const secret = { type: 'password', autoComplete: 'off', spellCheck: false, required: !isOptional, maxLength: 500 }
  if (service === 'DISCORD')
    return (
      <Field label={t('webhookUrl')} hint={t('webhookHint')}>
        <TextInput name="webhookUrl" data-testid="channel-webhook" {...secret} />
      </Field>
    )
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t('botToken')} hint={t('botHint')}>
        <TextInput name="botToken" data-testid="channel-token" {...secret} />
      </Field>
      <Field label={t('chatId')} hint={t('chatHint')}>
        <TextInput name="chatId" data-testid="channel-chat" {...secret} type="text" />
      </Field>
    </div>
  )
}

interface CheckProps {
  isOn: boolean
  onToggle: () => void
  testId: string
  children: string
}

function Check({ isOn, onToggle, testId, children }: CheckProps) {
  return (
    <label className="flex cursor-pointer items-start gap-2 text-[13px] text-soft hover:text-ink">
      <input type="checkbox" checked={isOn} onChange={onToggle} data-testid={testId} className="mt-0.5 accent-accent" />
      {children}
    </label>
  )
}
