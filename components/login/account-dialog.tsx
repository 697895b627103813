'use client'

import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, TextInput } from '@/components/ui/field'
import { formText } from '@/components/ui/form-text'
import { ErrorMessage } from '@/components/ui/message'
import type { SignUpAnswer } from '@/lib/view/sign-in'

export type CreateAccount = (input: { name: string; password: string }) => Promise<SignUpAnswer>

interface Props {
  isOpen: boolean
  onClose: () => void
  createAccount: CreateAccount
  onCreated: (name: string, password: string) => void
}

/** « Nouveau compte »: name and password, twice. */
export function AccountDialog({ isOpen, onClose, createAccount, onCreated }: Props) {
  const t = useTranslations('login')
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function submit(form: FormData): Promise<void> {
    const name = formText(form, 'name').trim()
    const password = formText(form, 'password')
    if (password !== formText(form, 'repeated')) {
      setError(t('signUp.error.REPEATED'))
      return
    }
    setBusy(true)
    setError(null)
    const answer = await createAccount({ name, password }).catch(
      (): SignUpAnswer => ({ isCreated: false, reason: 'UNAVAILABLE' }),
    )
    setBusy(false)
    if (answer.isCreated) onCreated(name, password)
    else setError(t(`signUp.error.${answer.reason}`))
  }

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit(new FormData(event.currentTarget))
  }

  return (
    <Dialog
      title={t('signUp.title')}
      isOpen={isOpen}
      onClose={() => {
        setError(null)
        onClose()
      }}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-3" data-testid="sign-up-form">
        <Field label={t('name')} hint={t('signUp.nameHint')}>
          <TextInput
            name="name"
            autoComplete="username"
            required
            minLength={2}
            maxLength={32}
            autoFocus
            spellCheck={false}
          />
        </Field>
        <Field label={t('password')} hint={t('signUp.passwordHint')}>
          <TextInput
            name="password"
            type="password"
            autoComplete="new-password"
            required
            minLength={8}
            maxLength={200}
          />
        </Field>
        <Field label={t('signUp.repeated')}>
          <TextInput name="repeated" type="password" autoComplete="new-password" required />
        </Field>
        {error === null ? null : <ErrorMessage testId="sign-up-error">{error}</ErrorMessage>}
        <div className="mt-1 flex justify-end gap-2">
          <Button tone="quiet" onClick={onClose}>
            {t('signUp.cancel')}
          </Button>
          <Button type="submit" tone="primary" disabled={isBusy}>
            {isBusy ? t('signUp.busy') : t('signUp.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
