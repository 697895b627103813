'use client'

import { useTranslations } from 'next-intl'
import { Field, TextInput } from '@/components/ui/field'
import type { CredentialField } from '@/lib/domain/account/exchange-catalogue'
import type { BrokerKeys } from '@/lib/view/broker'

interface Props {
  /** What the exchange asks for, in the catalogue's words. */
  fields: readonly CredentialField[]
  /** The stored keys may stay. */
  isOptional: boolean
  /** What was typed before. */
  keys: BrokerKeys | undefined
}

const NAMES = { apiKey: 'apiKey', secret: 'apiSecret', password: 'apiPassphrase' } as const

/** The keys of an account. Stored ones are never shown again. */
export function KeyFields({ fields, isOptional, keys }: Props) {
  const t = useTranslations('account.keys')
  return (
    <>
      {fields.map((field) => (
        <Field key={field} label={t(field)} hint={field === 'apiKey' && isOptional ? t('kept') : undefined}>
          <TextInput
            name={NAMES[field]}
            type={field === 'apiKey' ? 'text' : 'password'}
            required={!isOptional}
            maxLength={4000}
            autoComplete="off"
            spellCheck={false}
            data-testid={`broker-${NAMES[field]}`}
            defaultValue={keys?.[NAMES[field]] ?? ''}
            className="font-mono text-xs"
          />
        </Field>
      ))}
      <p className="text-xs text-mute">{t('advice')}</p>
    </>
  )
}
