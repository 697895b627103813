'use client'

import { signIn } from 'next-auth/react'
import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import { AccountDialog, type CreateAccount } from '@/components/login/account-dialog'
import { DevelopmentMode } from '@/components/login/development-mode'
import { Button } from '@/components/ui/button'
import { Field, TextInput } from '@/components/ui/field'
import { formText } from '@/components/ui/form-text'
import { ErrorMessage } from '@/components/ui/message'
import { signInErrorOf } from '@/lib/view/sign-in'

interface Props {
  /** Where to go when signed in. */
  destination: string
  createAccount: CreateAccount
  /** Null where the settings forbid the development mode: then its button does not exist. */
  isDevelopmentOn: boolean | null
}

/** User and password, « Nouveau compte », and the development mode where it is allowed. */
export function LoginForm({ destination, createAccount, isDevelopmentOn }: Props) {
  const t = useTranslations('login')
  const [isOn, setOn] = useState(isDevelopmentOn === true)
  const [isBusy, setBusy] = useState(false)
  const [isAccountOpen, setAccountOpen] = useState(false)
  const [error, setError] = useState<string | null>(null)

  async function enter(credentials: Record<string, string>): Promise<void> {
    setBusy(true)
    setError(null)
    const answer = await signIn('credentials', { ...credentials, redirect: false }).catch(() => undefined)
    if (answer?.ok) {
      window.location.assign(destination)
      return
    }
    const refusal = signInErrorOf(answer?.error)
    setError(t(`error.${refusal.error}`, { seconds: refusal.seconds }))
    setBusy(false)
  }

  const enterDevelopment = () => enter({ mode: 'development' })

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void (isOn ? enterDevelopment() : enter({ name: formText(form, 'name'), password: formText(form, 'password') }))
  }

  return (
    <div className="flex flex-col gap-5">
      <form onSubmit={onSubmit} className="flex flex-col gap-4" data-testid="login-form">
        <Field label={t('name')}>
          <TextInput
            name="name"
            autoComplete="username"
            required
            disabled={isOn}
            autoFocus
            spellCheck={false}
            maxLength={64}
          />
        </Field>
        <Field label={t('password')}>
          <TextInput name="password" type="password" autoComplete="current-password" required disabled={isOn} />
        </Field>
        {error === null ? null : <ErrorMessage testId="login-error">{error}</ErrorMessage>}
        <Button type="submit" tone="primary" disabled={isBusy} data-testid="sign-in">
          {isBusy ? t('busy') : isOn ? t('enterDevelopment') : t('submit')}
        </Button>
      </form>
      <Button tone="quiet" onClick={() => setAccountOpen(true)} disabled={isOn || isBusy} data-testid="new-account">
        {t('newAccount')}
      </Button>
      {isDevelopmentOn === null ? null : (
        <DevelopmentMode
          isOn={isOn}
          isBusy={isBusy}
          onSwitched={(wanted) => {
            setOn(wanted)
            setError(null)
            if (wanted) void enterDevelopment()
          }}
          onFailed={() => setError(t('error.UNAVAILABLE'))}
        />
      )}
      <AccountDialog
        isOpen={isAccountOpen}
        onClose={() => setAccountOpen(false)}
        createAccount={createAccount}
        onCreated={(name, password) => {
          setAccountOpen(false)
          void enter({ name, password })
        }}
      />
    </div>
  )
}
