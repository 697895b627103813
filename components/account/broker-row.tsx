'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { type AccountActions, type Refusal, settled } from '@/components/account/account-actions'
import { BrokerCommands } from '@/components/account/broker-commands'
import { BrokerPairs } from '@/components/account/broker-pairs'
import { RefusalText } from '@/components/account/refusal-text'
import { Button } from '@/components/ui/button'
import { Select } from '@/components/ui/field'
import { StatusDot } from '@/components/ui/status-dot'
import { SwitchGroup } from '@/components/ui/switch-group'
import { TRADING_TYPES } from '@/lib/domain/account/broker'
import type { BrokerAnswer, BrokerChoices, BrokerView } from '@/lib/view/broker'

interface Props {
  broker: BrokerView
  choices: BrokerChoices
  actions: AccountActions
  /** True: the dialog opens with the other environment chosen. */
  onEdit: (isTestnetSwitched: boolean) => void
  onChanged: () => void
}

const CELL = 'px-2 py-2 align-middle'

/** One broker: what it is, what may trade on it, and what can be done with it. */
export function BrokerRow({ broker, choices, actions, onEdit, onChanged }: Props) {
  const t = useTranslations('account')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isBusy, setBusy] = useState(false)
  const noTestnet = choices.noTestnet[broker.exchangeId as keyof typeof choices.noTestnet]

  async function execute(answer: Promise<BrokerAnswer>): Promise<void> {
    setBusy(true)
    const answered = await settled(answer)
    setBusy(false)
    setRefusal(answered.isDone ? null : answered)
    onChanged()
  }

  return (
    <>
      <tr
        data-testid="broker-row"
        data-broker-id={broker.id}
        data-confirmed={broker.isConfirmed}
        className={`border-t border-line ${broker.environment === 'TESTNET' ? 'bg-warn/5' : ''}`}
      >
        <th scope="row" className={`${CELL} w-full max-w-0 min-w-36 pl-3 text-left font-normal`}>
          <span className="flex items-center gap-2">
            <StatusDot tone={broker.error !== null ? 'down' : broker.isConfirmed ? 'up' : 'warn'} />
            <span className="truncate font-medium" title={broker.name}>
              {broker.name}
            </span>
          </span>
          <span className="block truncate pl-4 text-[11px] text-mute">
            {t('about', { exchange: broker.exchangeName, number: String(broker.number) })}
          </span>
        </th>
        <td className={`${CELL} text-xs whitespace-nowrap text-soft`}>
          <span className={broker.environment === 'TESTNET' ? 'rounded border border-down px-1 text-down' : ''}>
            {t(`environment.${broker.environment}`)}
          </span>
          {broker.accountMode === null ? null : ` · ${t(`mode.${broker.accountMode}`)}`}
          <span className="block text-[11px] text-mute">
            {broker.isConfirmed ? <KeyRights broker={broker} /> : t('unconfirmed')}
          </span>
        </td>
        <td className={`${CELL} whitespace-nowrap`}>
          <BrokerPairs broker={broker} loadPairs={actions.loadPairs} onChanged={onChanged} />
        </td>
        <td className={CELL}>
          <Select
            aria-label={t('column.tradingType')}
            data-testid="trading-type"
            className="h-7! w-28! text-xs"
            value={broker.tradingType}
            disabled={isBusy || !broker.isConfirmed}
            onChange={(event) => void execute(actions.chooseTradingType(broker.id, event.target.value))}
          >
            {TRADING_TYPES.map((type) => (
              <option key={type} value={type}>
                {t(`tradingType.${type}`)}
              </option>
            ))}
          </Select>
        </td>
        <td className={CELL}>
          {broker.environment === 'PAPER' ? (
            <span className="text-xs whitespace-nowrap text-mute">{t('paperTestnet')}</span>
          ) : (
            <span title={noTestnet === undefined ? undefined : t(`noTestnet.${noTestnet}`)}>
              <SwitchGroup
                label={t('column.testnet')}
                value={broker.environment}
                options={[
                  { value: 'LIVE', text: t('off') },
                  { value: 'TESTNET', text: t('on') },
                ]}
                isDisabled={noTestnet !== undefined || isBusy}
                onChange={() => onEdit(true)}
              />
            </span>
          )}
        </td>
        <td className={CELL}>
          {broker.isDefault ? (
            <span className="rounded bg-accent/10 px-2 py-1 text-xs font-semibold whitespace-nowrap text-accent">
              {t('isDefault')}
            </span>
          ) : (
            <Button
              size="small"
              tone="quiet"
              disabled={isBusy || !broker.isConfirmed}
              data-testid="make-default"
              onClick={() => void execute(actions.chooseDefault(broker.id))}
            >
              {t('makeDefault')}
            </Button>
          )}
        </td>
        <td className={`${CELL} pr-3`}>
          <BrokerCommands
            broker={broker}
            isBusy={isBusy}
            onEdit={() => onEdit(false)}
            onRemove={() => execute(actions.remove(broker.id))}
            cancelAll={actions.cancelAll}
          />
        </td>
      </tr>
      {refusal === null && broker.error === null ? null : (
        <tr>
          <td colSpan={7} className="px-3 pb-2">
            {refusal !== null ? (
              <RefusalText refusal={refusal} />
            ) : (
              <p className="text-xs text-down [overflow-wrap:anywhere]">{broker.error}</p>
            )}
          </td>
        </tr>
      )}
    </>
  )
}

/** What the keys may do, in a few words. */
function KeyRights({ broker }: { broker: BrokerView }) {
  const t = useTranslations('account.rights')
  if (broker.canWithdraw === true) return <span className="text-down">{t('withdraw')}</span>
  if (broker.environment === 'LIVE' && broker.isIpRestricted === false)
    return <span className="text-warn">{t('anyAddress')}</span>
  return <>{t('tradeOnly')}</>
}
