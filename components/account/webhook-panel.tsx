'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import type { AccountActions } from '@/components/account/account-actions'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/account/copy-button'
import { Dialog } from '@/components/ui/dialog'
import { Field, Select } from '@/components/ui/field'
import { ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { BrokerView } from '@/lib/view/broker'
import { type AddressAnswer, pineSnippet, type WebhookAddress } from '@/lib/view/webhook-address'

interface Props extends Pick<AccountActions, 'renewWebhookAddress'> {
  userId: string
  initial: WebhookAddress | null
  brokers: BrokerView[]
}

/** The user's webhook address, and a Pine script that sends to it. */
export function WebhookPanel({ userId, initial, brokers, renewWebhookAddress }: Props) {
  const t = useTranslations('account.webhook')
  const [address, setAddress] = useState(initial)
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [hasFailed, setFailed] = useState(false)

  async function renew(): Promise<void> {
    setBusy(true)
    const answer = await renewWebhookAddress().catch((): AddressAnswer => ({ isDone: false }))
    setBusy(false)
    setAsking(false)
    setFailed(!answer.isDone)
    if (answer.isDone) setAddress(answer.address)
  }

  return (
    <Panel
      title={t('title')}
      testId="webhook-panel"
      aside={
        <Button
          size="small"
          tone={address === null ? 'primary' : 'neutral'}
          data-testid="renew-token"
          disabled={isBusy}
          onClick={() => (address === null ? void renew() : setAsking(true))}
        >
          {address === null ? t('create') : t('renew')}
        </Button>
      }
    >
      <div className="flex flex-col gap-3 p-3">
        {hasFailed ? <ErrorMessage testId="renew-failed">{t('failed')}</ErrorMessage> : null}
        {address === null ? (
          <p className="text-[13px] text-mute">{t('none')}</p>
        ) : (
          <>
            <Addresses address={address} />
            <p className="text-xs text-mute">{t('hint')}</p>
          </>
        )}
        <PineScript userId={userId} brokers={brokers} />
      </div>
      <Dialog title={t('renewTitle')} isOpen={isAsking} onClose={() => setAsking(false)}>
        <p className="text-[13px] text-soft">{t('renewText')}</p>
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={() => setAsking(false)}>
            {t('cancel')}
          </Button>
          <Button tone="danger" data-testid="confirm-renew" disabled={isBusy} onClick={() => void renew()}>
            {t('confirm')}
          </Button>
        </div>
      </Dialog>
    </Panel>
  )
}

/** Under the name by which the page itself was reached, known in the browser only. */
function Addresses({ address }: { address: WebhookAddress }) {
  const t = useTranslations('account.webhook')
  const [origin, setOrigin] = useState<{ web: string; receiver: string } | null>(null)
  useEffect(() => {
    const { origin: web, hostname } = window.location
    setOrigin({ web, receiver: `http://${hostname}:${address.receiverPort}` })
  }, [address.receiverPort])
  const shown = [
    { key: 'address', text: `${origin?.web ?? ''}${address.path}` },
    { key: 'receiver', text: `${origin?.receiver ?? ''}${address.receiverPath}` },
  ] as const
  return (
    <dl className="flex flex-col gap-2">
      {shown.map(({ key, text }) => (
        <div key={key} className="flex min-w-0 flex-col gap-1">
          <dt className="text-xs font-medium text-soft">{t(key)}</dt>
          <dd className="flex min-w-0 items-center gap-2">
            <code
              data-testid={`webhook-${key}`}
              className="min-w-0 flex-1 rounded border border-line bg-canvas px-2 py-1 font-mono text-xs [overflow-wrap:anywhere]"
            >
              {text}
            </code>
            <CopyButton text={text} about={t(key)} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function PineScript({ userId, brokers }: { userId: string; brokers: BrokerView[] }) {
  const t = useTranslations('account.webhook')
  const usable = brokers.filter((broker) => broker.isConfirmed)
  const [chosen, setChosen] = useState<string | null>(null)
  const byDefault = usable.find((broker) => broker.tradingType === 'WEBHOOK') ?? usable[0]
  const broker = chosen === '' ? undefined : (usable.find((each) => each.id === chosen) ?? byDefault)
  const script = pineSnippet({ userId, brokerNumber: broker?.number ?? null })
  return (
    <details data-testid="pine">
      <summary className="text-[13px] font-semibold text-soft">{t('pine')}</summary>
      <div className="mt-2 flex flex-col gap-2">
        <div className="flex flex-wrap items-end justify-between gap-2">
          <Field label={t('broker')}>
            <Select
              data-testid="pine-broker"
              value={broker?.id ?? ''}
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="">{t('anyBroker')}</option>
              {usable.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.name} (n° {each.number})
                </option>
              ))}
            </Select>
          </Field>
          <CopyButton text={script} about={t('pine')} />
        </div>
        {broker !== undefined && broker.tradingType !== 'WEBHOOK' ? (
          <p className="text-xs text-warn">{t('notActivated')}</p>
        ) : null}
        <pre
          data-testid="pine-script"
          tabIndex={0}
          className="max-h-80 overflow-auto rounded border border-line bg-canvas p-2 font-mono text-[11px] leading-relaxed"
        >
          {script}
        </pre>
        <p className="text-xs text-mute">{t('pineHint')}</p>
      </div>
    </details>
  )
}
