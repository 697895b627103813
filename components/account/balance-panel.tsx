'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { type AccountActions, type Refusal, settled } from '@/components/account/account-actions'
import { BalanceCheck, CheckHistory } from '@/components/account/balance-check'
import { RefusalText } from '@/components/account/refusal-text'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/field'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { BrokerAnswer, BrokerView } from '@/lib/view/broker'
import type { ReconciliationView } from '@/lib/view/reconciliation'

const RUNNING_REFRESH_MS = 1500
const REFRESH_MS = 60_000

interface Props {
  brokers: BrokerView[]
  actions: Pick<AccountActions, 'reconcile' | 'acknowledge'>
}

/** « Rapprochement »: what the journal expects on an account, what the exchange holds, and what explains the difference. */
export function BalancePanel({ brokers, actions }: Props) {
  const t = useTranslations('account.balances')
  const usable = brokers.filter((broker) => broker.isConfirmed)
  const [chosen, setChosen] = useState<string | null>(null)
  const broker = usable.find(({ id }) => id === chosen) ?? usable.find(({ isDefault }) => isDefault) ?? usable[0]
  if (broker === undefined) return null
  return (
    <BrokerBalances
      key={broker.id}
      broker={broker}
      actions={actions}
      choice={
        usable.length < 2 ? null : (
          <Select
            aria-label={t('broker')}
            data-testid="balances-broker"
            className="h-7! max-w-44 text-xs"
            value={broker.id}
            onChange={(event) => setChosen(event.target.value)}
          >
            {usable.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )
      }
    />
  )
}

function BrokerBalances({
  broker,
  actions,
  choice,
}: Omit<Props, 'brokers'> & { broker: BrokerView; choice: React.ReactNode }) {
  const t = useTranslations('account.balances')
  const queries = useQueryClient()
  // Null: the last one.
  const [shownId, setShownId] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isBusy, setBusy] = useState(false)
  const key = ['reconciliation', broker.id]
  const { data, isError } = useQuery({
    queryKey: [...key, shownId],
    queryFn: ({ signal }) => {
      const query = shownId === null ? '' : `?check=${shownId}`
      return ask<ReconciliationView>(`/api/brokers/${broker.id}/reconciliation${query}`, signal)
    },
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.isRunning === true ? RUNNING_REFRESH_MS : REFRESH_MS),
  })
  const refresh = () => void queries.invalidateQueries({ queryKey: key })
  useLiveEvent('balances.checked', ({ brokerId }) => {
    if (brokerId === broker.id) refresh()
  })
  useReconnected(refresh)

  async function run(answer: Promise<BrokerAnswer>): Promise<void> {
    setBusy(true)
    const answered = await settled(answer)
    setBusy(false)
    setRefusal(answered.isDone ? null : answered)
    refresh()
  }
  const isRunning = data?.isRunning === true
  const newest = data?.history.find(({ state }) => state !== 'ASKED' && state !== 'RUNNING')

  return (
    <Panel
      title={t('title')}
      testId="balances"
      aside={
        <Button
          size="small"
          data-testid="reconcile"
          disabled={isBusy || isRunning}
          onClick={() => {
            setShownId(null)
            void run(actions.reconcile(broker.id))
          }}
        >
          {isRunning ? t('running') : t('now')}
        </Button>
      }
    >
      <div className="flex flex-col gap-2 p-3">
        {choice === null ? null : <div>{choice}</div>}
        {refusal === null ? null : <RefusalText refusal={refusal} />}
        {isError ? (
          <ErrorMessage testId="balances-error">{t(data === undefined ? 'failed' : 'stale')}</ErrorMessage>
        ) : null}
        {data === undefined && !isError ? (
          <p className="py-4 text-center text-[13px] text-mute">{t('loading')}</p>
        ) : null}
        {newest?.state === 'FAILED' || newest?.state === 'UNSETTLED' ? (
          <p className="text-xs text-warn" data-testid="last-try">
            {t(`lastTry.${newest.state}`)}
          </p>
        ) : null}
        {data === undefined ? null : data.shown === null ? (
          <EmptyState title={isRunning ? t('firstRunning') : t('empty.title')}>{t('empty.text')}</EmptyState>
        ) : (
          <BalanceCheck
            check={data.shown}
            isBusy={isBusy}
            onAcknowledge={(id) => void run(actions.acknowledge(broker.id, id))}
          />
        )}
        {data === undefined || data.history.length < 2 ? null : (
          <CheckHistory history={data.history} shownId={data.shown?.id ?? null} onShow={setShownId} />
        )}
      </div>
    </Panel>
  )
}
