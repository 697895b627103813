'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type SubmitEvent, useState } from 'react'
import { type RunActions, settled } from '@/components/bots/run-actions'
import { useLiveEvent } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { Combobox } from '@/components/ui/combobox'
import { Field, Select, TextInput } from '@/components/ui/field'
import { ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'
import { preferredSymbol, type RunChoices, searchSymbols } from '@/lib/view/run-form'

const MATCHES_SHOWN = 60
const LOADING_POLL_MS = 2000

interface Props {
  choices: RunChoices
  activate: RunActions['activate']
  onActivated: (runId: string) => void
}

/** Strategy, broker, pair, timeframe and period: all proposed, so that « Activer » alone starts the sample strategy. */
export function ActivationForm({ choices, activate, onActivated }: Props) {
  const t = useTranslations('bots.form')
  const queries = useQueryClient()
  const usable = choices.brokers.find((broker) => broker.isForStrategies)
  const [strategyId, setStrategyId] = useState(choices.strategies[0]?.id ?? '')
  const [brokerId, setBrokerId] = useState(usable?.id ?? '')
  const [chosenSymbol, setSymbol] = useState('')
  const [timeframe, setTimeframe] = useState<string>(choices.strategies[0]?.timeframe ?? '1m')
  const [start, setStart] = useState(choices.defaultStart)
  const [end, setEnd] = useState(choices.defaultEnd)
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)

  const { data: symbols = [], isError } = useQuery({
    queryKey: ['symbols', brokerId],
    queryFn: ({ signal }) => ask<string[]>(`/api/brokers/${brokerId}/symbols`, signal),
    enabled: brokerId !== '',
    staleTime: 60_000,
    // A broker just opened is still loading its pairs.
    refetchInterval: (query) => (query.state.data?.length === 0 ? LOADING_POLL_MS : false),
  })
  useLiveEvent('status.changed', () => void queries.invalidateQueries({ queryKey: ['symbols'] }))
  const symbol = symbols.includes(chosenSymbol) ? chosenSymbol : preferredSymbol(symbols)
  const strategy = choices.strategies.find((candidate) => candidate.id === strategyId)

  async function submit(): Promise<void> {
    setBusy(true)
    setError(null)
    const isFromNow = start === choices.defaultStart
    const answer = await settled(
      activate({ strategyId, brokerId, symbol, timeframe, start: isFromNow ? null : start, end }),
    )
    setBusy(false)
    if (answer.isDone) onActivated(answer.runId)
    else setError(t(`refusal.${answer.reason}`))
  }

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    void submit()
  }

  return (
    <Panel title={t('title')}>
      <form onSubmit={onSubmit} data-testid="activation-form" className="flex flex-col gap-3 p-3">
        <div className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[1.2fr_1.3fr_1fr_5rem_11.75rem_11.75rem_auto]">
          <Field label={t('strategy')}>
            <Select
              value={strategyId}
              data-testid="run-strategy"
              onChange={(event) => {
                const wanted = choices.strategies.find((candidate) => candidate.id === event.target.value)
                setStrategyId(event.target.value)
                if (wanted) setTimeframe(wanted.timeframe)
              }}
            >
              {choices.strategies.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t('broker')}>
            <Select value={brokerId} data-testid="run-broker" onChange={(event) => setBrokerId(event.target.value)}>
              {choices.brokers.map(({ id, name, environment, isForStrategies }) => (
                <option key={id} value={id} disabled={!isForStrategies}>
                  {`${name} · ${t(`environment.${environment}`)}${isForStrategies ? '' : ` (${t('notForStrategies')})`}`}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={t('symbol')}>
            <Combobox
              value={symbol}
              onChange={setSymbol}
              search={(typed) => searchSymbols(symbols, typed, MATCHES_SHOWN)}
              emptyText={t('noSymbol')}
              isDisabled={symbols.length === 0}
              testId="run-symbol"
            />
          </Field>
          <Field label={t('timeframe')}>
            <Select
              value={timeframe}
              data-testid="run-timeframe"
              onChange={(event) => setTimeframe(event.target.value)}
            >
              {TIMEFRAMES.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </Select>
          </Field>
          <Field label={t('start')}>
            <TextInput
              type="datetime-local"
              required
              value={start}
              data-testid="run-start"
              onChange={(event) => setStart(event.target.value)}
            />
          </Field>
          <Field label={t('end')}>
            <TextInput
              type="datetime-local"
              required
              value={end}
              min={start}
              data-testid="run-end"
              onChange={(event) => setEnd(event.target.value)}
            />
          </Field>
          <Button
            type="submit"
            tone="primary"
            data-testid="activate"
            disabled={isBusy || strategyId === '' || symbol === ''}
            className="min-w-28"
          >
            {isBusy ? t('busy') : t('activate')}
          </Button>
        </div>
        {error === null ? null : <ErrorMessage testId="activation-error">{error}</ErrorMessage>}
        {isError ? <ErrorMessage>{t('symbolsFailed')}</ErrorMessage> : null}
        <p className="text-xs text-mute">
          {usable === undefined
            ? t('noUsableBroker')
            : brokerId !== '' && symbols.length === 0 && !isError
              ? t('symbolsLoading')
              : (strategy?.description ?? '')}
        </p>
      </form>
    </Panel>
  )
}
