'use client'

import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { type AccountActions, type Refusal, settled } from '@/components/account/account-actions'
import { RefusalText } from '@/components/account/refusal-text'
import { Button } from '@/components/ui/button'
import { StatusDot } from '@/components/ui/status-dot'
import { formatAmount } from '@/lib/view/format-amount'
import type { BalanceAnswer, BrokerInput, KeyReport } from '@/lib/view/broker'

interface Props {
  input: BrokerInput
  actions: AccountActions
  onBack: () => void
  onDone: () => void
}

type Step = 'saved' | 'keys' | 'balance'
const STEPS: readonly Step[] = ['saved', 'keys', 'balance']
type Balances = Extract<BalanceAnswer, { isDone: true }>['balances']
const SHOWN = 8

/** Tests the keys step by step as one watches, then shows what the account holds, to be confirmed. */
export function BrokerCheck({ input, actions, onBack, onDone }: Props) {
  const t = useTranslations('account.check')
  const [step, setStep] = useState<Step>('keys')
  const [report, setReport] = useState<KeyReport | null>(null)
  const [balances, setBalances] = useState<Balances | null>(null)
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [mayWithdraw, setMayWithdraw] = useState(false)
  const [isBusy, setBusy] = useState(true)
  const isStarted = useRef(false)

  async function run(withdrawals: boolean): Promise<void> {
    setBusy(true)
    setRefusal(null)
    setMayWithdraw(withdrawals)
    setStep('keys')
    const tested = await settled(actions.test(input, withdrawals))
    if (tested.isDone) {
      setReport(tested.report)
      setStep('balance')
      const read = await settled(actions.readBalance(input))
      if (read.isDone) setBalances(read.balances)
      else setRefusal(read)
    } else setRefusal(tested)
    setBusy(false)
  }
  async function confirm(): Promise<void> {
    setBusy(true)
    const answer = await settled(actions.confirm(input, mayWithdraw))
    setBusy(false)
    if (answer.isDone) onDone()
    else setRefusal(answer)
  }
  useEffect(() => {
    if (isStarted.current) return
    isStarted.current = true
    void run(false)
  })

  const reached = STEPS.indexOf(step)
  return (
    <div className="flex flex-col gap-3" data-testid="broker-check">
      <ol className="flex flex-col gap-1.5 text-[13px]" aria-live="polite">
        {STEPS.map((each, index) => {
          const isDone = index < reached || (each === 'balance' && balances !== null)
          const isNow = index === reached && !isDone
          return (
            <li key={each} className={`flex items-center gap-2 ${isDone || isNow ? 'text-ink' : 'text-mute'}`}>
              <StatusDot
                tone={isDone ? 'up' : isNow ? (refusal === null ? 'warn' : 'down') : 'idle'}
                isBreathing={isNow && isBusy}
              />
              {t(`step.${each}`)}
            </li>
          )
        })}
      </ol>
      {report === null ? null : <Rights report={report} environment={input.environment} />}
      {balances === null ? null : <BalanceTable balances={balances} />}
      {refusal === null ? null : <RefusalText refusal={refusal} />}
      <div className="mt-1 flex flex-wrap justify-end gap-2">
        <Button tone="quiet" disabled={isBusy} data-testid="check-back" onClick={onBack}>
          {t('back')}
        </Button>
        {refusal?.reason === 'CAN_WITHDRAW' ? (
          <Button tone="danger" disabled={isBusy} data-testid="accept-withdraw" onClick={() => void run(true)}>
            {t('acceptWithdraw')}
          </Button>
        ) : refusal !== null ? (
          <Button disabled={isBusy} data-testid="check-again" onClick={() => void run(mayWithdraw)}>
            {t('again')}
          </Button>
        ) : null}
        {balances === null ? null : (
          <Button tone="primary" disabled={isBusy} data-testid="confirm-broker" onClick={() => void confirm()}>
            {t('confirm')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** What the keys may do, with a warning where it is more than it should. */
function Rights({ report, environment }: { report: KeyReport; environment: BrokerInput['environment'] }) {
  const t = useTranslations('account')
  const isOpenToAll = environment === 'LIVE' && report.isIpRestricted === false
  return (
    <ul className="flex flex-col gap-1 text-xs text-soft" data-testid="key-rights">
      {report.accountMode === null ? null : <li>{t('check.mode', { mode: t(`mode.${report.accountMode}`) })}</li>}
      <li className={report.canWithdraw === true ? 'text-down' : ''}>
        {report.canWithdraw === null
          ? t('check.withdrawUnknown')
          : report.canWithdraw
            ? t('check.withdraw')
            : t('check.noWithdraw')}
      </li>
      {isOpenToAll ? <li className="text-warn">{t('check.anyAddress')}</li> : null}
    </ul>
  )
}

function BalanceTable({ balances }: { balances: Balances }) {
  const t = useTranslations('account.check')
  const locale = useLocale()
  if (balances.length === 0) return <p className="text-[13px] text-mute">{t('noBalance')}</p>
  return (
    <table className="w-full text-[13px]" data-testid="trial-balance">
      <caption className="pb-1 text-left text-xs text-mute">{t('balanceOf')}</caption>
      <tbody>
        {balances.slice(0, SHOWN).map(({ asset, total }) => (
          <tr key={asset} className="border-t border-line">
            <th scope="row" className="py-1 text-left font-medium">
              {asset}
            </th>
            <td className="py-1 text-right">{formatAmount(total, locale)}</td>
          </tr>
        ))}
        {balances.length > SHOWN ? (
          <tr className="border-t border-line text-xs text-mute">
            <td colSpan={2} className="py-1">
              {t('more', { count: balances.length - SHOWN })}
            </td>
          </tr>
        ) : null}
      </tbody>
    </table>
  )
}
