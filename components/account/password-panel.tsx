'use client'

import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import type { AccountActions } from '@/components/account/account-actions'
import { Button } from '@/components/ui/button'
import { Field, TextInput } from '@/components/ui/field'
import { formText } from '@/components/ui/form-text'
import { ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { PasswordAnswer } from '@/lib/view/sign-in'

/** Changes the password. All sessions end with the old one, so the page leads to the sign-in. */
export function PasswordPanel({ changePassword }: Pick<AccountActions, 'changePassword'>) {
  const t = useTranslations('account.password')
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function submit(form: FormData): Promise<void> {
    const wanted = formText(form, 'wanted')
    if (wanted !== formText(form, 'repeated')) {
      setError(t('error.REPEATED'))
      return
    }
    setBusy(true)
    setError(null)
    const answer = await changePassword(formText(form, 'current'), wanted).catch(
      (): PasswordAnswer => ({ isDone: false, reason: 'UNAVAILABLE' }),
    )
    setBusy(false)
    if (answer.isDone) window.location.assign('/login')
    else setError(t(`error.${answer.reason}`))
  }
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit(new FormData(event.currentTarget))
  }

  return (
    <Panel title={t('title')} testId="password">
      <form onSubmit={onSubmit} className="flex flex-col gap-2 p-3">
        <div className="grid items-end gap-3 sm:grid-cols-2 xl:grid-cols-4">
          <Field label={t('current')}>
            <TextInput name="current" type="password" autoComplete="current-password" required maxLength={200} />
          </Field>
          <Field label={t('wanted')}>
            <TextInput
              name="wanted"
              type="password"
              autoComplete="new-password"
              required
              minLength={8}
              maxLength={200}
            />
          </Field>
          <Field label={t('repeated')}>
            <TextInput name="repeated" type="password" autoComplete="new-password" required />
          </Field>
          <Button type="submit" data-testid="change-password" disabled={isBusy} className="justify-self-start">
            {isBusy ? t('busy') : t('submit')}
          </Button>
        </div>
        <p className="text-xs text-mute">{t('hint')}</p>
        {error === null ? null : <ErrorMessage testId="password-error">{error}</ErrorMessage>}
      </form>
    </Panel>
  )
}
