'use client'

import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import { type AccountActions, type Refusal, settled } from '@/components/account/account-actions'
import { KeyFields } from '@/components/account/key-fields'
import { RefusalText } from '@/components/account/refusal-text'
import { Button } from '@/components/ui/button'
import { Field, Select, TextInput } from '@/components/ui/field'
import { formText } from '@/components/ui/form-text'
import type { Environment } from '@/lib/domain/account/broker'
import type { BrokerChoices, BrokerInput, BrokerView } from '@/lib/view/broker'

interface Props {
  broker: BrokerView | null
  isTestnetSwitched: boolean
  /** What was typed before the check sent the user back. */
  typed: BrokerInput | null
  choices: BrokerChoices
  save: AccountActions['save']
  onCancel: () => void
  /** `needsCheck` is false when only the name changed. */
  onSaved: (input: BrokerInput, needsCheck: boolean) => void
}

const ENVIRONMENTS: readonly Environment[] = ['LIVE', 'TESTNET', 'PAPER']
const PAPER_FUNDS = '10000'

const startEnvironment = ({ broker, typed, isTestnetSwitched }: Props): Environment => {
  if (typed !== null) return typed.environment
  if (broker === null) return 'PAPER'
  if (!isTestnetSwitched) return broker.environment
  return broker.environment === 'LIVE' ? 'TESTNET' : 'LIVE'
}

/** Exchange, environment, name and keys. */
export function BrokerForm(props: Props) {
  const { broker, typed, choices, save, onCancel, onSaved } = props
  const t = useTranslations('account')
  const [exchangeId, setExchangeId] = useState(typed?.exchangeId ?? broker?.exchangeId ?? 'binance')
  const [environment, setEnvironment] = useState(() => startEnvironment(props))
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isBusy, setBusy] = useState(false)
  const known = exchangeId as keyof BrokerChoices['credentials']
  const isSame = broker !== null && environment === broker.environment
  const mayKeepKeys = isSame && broker.isConfirmed
  const noTestnet = choices.noTestnet[known]

  async function submit(form: FormData): Promise<void> {
    const apiKey = formText(form, 'apiKey').trim()
    const apiPassphrase = formText(form, 'apiPassphrase')
    const hasKeys = environment !== 'PAPER' && apiKey !== ''
    const id = broker?.id ?? typed?.id
    const input: BrokerInput = {
      name: formText(form, 'name').trim(),
      exchangeId,
      environment,
      ...(id === undefined ? {} : { id }),
      ...(hasKeys
        ? {
            keys: {
              apiKey,
              apiSecret: formText(form, 'apiSecret').trim(),
              ...(apiPassphrase === '' ? {} : { apiPassphrase }),
            },
          }
        : {}),
      ...(environment === 'PAPER' && id === undefined ? { balances: { USDT: formText(form, 'funds') } } : {}),
    }
    setBusy(true)
    setRefusal(null)
    const answer = await settled(save(input))
    setBusy(false)
    if (!answer.isDone) setRefusal(answer)
    else onSaved({ ...input, id: answer.id }, hasKeys || !mayKeepKeys)
  }
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit(new FormData(event.currentTarget))
  }

  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-3" data-testid="broker-form">
      <Field label={t('form.exchange')} hint={broker === null ? t('form.exchangeHint') : undefined}>
        <Select
          value={exchangeId}
          disabled={broker !== null || typed !== null}
          data-testid="broker-exchange"
          onChange={(event) => {
            setExchangeId(event.target.value)
            setEnvironment((chosen) =>
              event.target.value in choices.noTestnet && chosen === 'TESTNET' ? 'LIVE' : chosen,
            )
          }}
        >
          <optgroup label={t('form.supported')}>
            {choices.exchanges.map((exchange) =>
              exchange.isSupported ? (
                <option key={exchange.id} value={exchange.id}>
                  {exchange.name}
                </option>
              ) : null,
            )}
          </optgroup>
          <optgroup label={t('form.unsupported')}>
            {choices.exchanges.map((exchange) =>
              exchange.isSupported ? null : (
                <option key={exchange.id} value={exchange.id} disabled>
                  {exchange.name}
                </option>
              ),
            )}
          </optgroup>
        </Select>
      </Field>
      <Field
        label={t('form.environment')}
        hint={noTestnet === undefined ? t(`form.about.${environment}`) : t(`noTestnet.${noTestnet}`)}
      >
        <Select
          value={environment}
          disabled={broker !== null && broker.environment === 'PAPER'}
          data-testid="broker-environment"
          onChange={(event) => setEnvironment(ENVIRONMENTS.find((one) => one === event.target.value) ?? 'PAPER')}
        >
          {ENVIRONMENTS.map((choice) => (
            <option
              key={choice}
              value={choice}
              disabled={(choice === 'TESTNET' && noTestnet !== undefined) || (choice === 'PAPER' && broker !== null)}
            >
              {t(`environment.${choice}`)}
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
          spellCheck={false}
          autoComplete="off"
          data-testid="broker-name"
          defaultValue={typed?.name ?? broker?.name ?? ''}
        />
      </Field>
      {environment === 'PAPER' ? (
        broker === null && typed === null ? (
          <Field label={t('form.funds')}>
            <TextInput
              name="funds"
              inputMode="decimal"
              required
              pattern="\d{1,12}(\.\d{1,8})?"
              defaultValue={PAPER_FUNDS}
              data-testid="broker-funds"
            />
          </Field>
        ) : null
      ) : (
        <KeyFields fields={choices.credentials[known]} isOptional={mayKeepKeys} keys={typed?.keys} />
      )}
      {refusal === null ? null : <RefusalText refusal={refusal} />}
      <div className="mt-1 flex justify-end gap-2">
        <Button tone="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button type="submit" tone="primary" data-testid="save-broker" disabled={isBusy}>
          {isBusy ? t('form.busy') : t('form.submit')}
        </Button>
      </div>
    </form>
  )
}
