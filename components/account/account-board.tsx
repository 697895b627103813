'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AccountActions } from '@/components/account/account-actions'
import type { AlertActions } from '@/components/account/alert-actions'
import { AlertPanel } from '@/components/account/alert-panel'
import { BalancePanel } from '@/components/account/balance-panel'
import { BrokerDialog } from '@/components/account/broker-dialog'
import { BrokerRow } from '@/components/account/broker-row'
import { PasswordPanel } from '@/components/account/password-panel'
import { WebhookPanel } from '@/components/account/webhook-panel'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { ChannelView } from '@/lib/view/alert-channel'
import type { BrokerChoices, BrokerView } from '@/lib/view/broker'
import type { WebhookAddress } from '@/lib/view/webhook-address'

const COLUMNS = ['name', 'account', 'pairs', 'tradingType', 'testnet', 'default', 'commands'] as const
const REFRESH_MS = 15_000

interface Props {
  initial: BrokerView[]
  choices: BrokerChoices
  userId: string
  webhookAddress: WebhookAddress | null
  channels: ChannelView[]
  actions: AccountActions
  alertActions: AlertActions
}

/** « Mon Compte »: the user's brokers, the webhook address, where alerts go, and the password. */
export function AccountBoard({ initial, choices, userId, webhookAddress, channels, actions, alertActions }: Props) {
  const t = useTranslations('account')
  const queries = useQueryClient()
  // Undefined: closed; null: a new broker.
  const [edited, setEdited] = useState<{ broker: BrokerView | null; isTestnetSwitched: boolean } | undefined>()
  const { data: brokers, isError } = useQuery({
    queryKey: ['brokers'],
    queryFn: ({ signal }) => ask<BrokerView[]>('/api/brokers', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
  })
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['brokers'] })
    void queries.invalidateQueries({ queryKey: ['status'] })
  }
  useLiveEvent('status.changed', refresh)
  useLiveEvent('markets.progress', (progress) => {
    if (progress.state !== 'LOADING') refresh()
  })
  useReconnected(refresh)

  return (
    <div className="flex flex-col gap-3">
      <h1 className="sr-only">{t('title')}</h1>
      {isError ? <ErrorMessage>{t('stale')}</ErrorMessage> : null}
      <Panel
        title={t('brokers')}
        testId="brokers"
        aside={
          <Button
            size="small"
            tone="primary"
            data-testid="add-broker"
            onClick={() => setEdited({ broker: null, isTestnetSwitched: false })}
          >
            {t('add')}
          </Button>
        }
      >
        {brokers.length === 0 ? (
          <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
        ) : (
          <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={t('brokers')}>
            <table className="w-full text-[13px]" data-testid="broker-table">
              <caption className="sr-only">{t('brokers')}</caption>
              <thead>
                <tr className="text-left text-[11px] text-mute">
                  {COLUMNS.map((column) => (
                    <th
                      key={column}
                      scope="col"
                      className="px-2 py-1.5 font-medium whitespace-nowrap first:pl-3 last:pr-3 last:text-right"
                    >
                      {t(`column.${column}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {brokers.map((broker) => (
                  <BrokerRow
                    key={broker.id}
                    broker={broker}
                    choices={choices}
                    actions={actions}
                    onEdit={(isTestnetSwitched) => setEdited({ broker, isTestnetSwitched })}
                    onChanged={refresh}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Panel>
      <BalancePanel brokers={brokers} actions={actions} />
      <WebhookPanel
        userId={userId}
        initial={webhookAddress}
        brokers={brokers}
        renewWebhookAddress={actions.renewWebhookAddress}
      />
      <AlertPanel initial={channels} actions={alertActions} />
      <PasswordPanel changePassword={actions.changePassword} />
      {edited === undefined ? null : (
        <BrokerDialog
          broker={edited.broker}
          isTestnetSwitched={edited.isTestnetSwitched}
          choices={choices}
          actions={actions}
          onClose={() => {
            setEdited(undefined)
            refresh()
          }}
        />
      )}
    </div>
  )
}
