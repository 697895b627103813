'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { GainChart } from '@/components/statistics/gain-chart'
import { Panel } from '@/components/ui/panel'
import { SwitchGroup } from '@/components/ui/switch-group'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { formatAmount } from '@/lib/view/format-amount'
import { decimalsOfQuote, isBalance, type StatisticsView } from '@/lib/view/statistics'

type Curve = 'balance' | 'gain'

interface Props {
  view: StatisticsView
  /** The balance at the start; undefined while it is being read, null when it cannot be, zero or less when there is none. */
  start: string | null | undefined
}

/** The balance over time, or the gain alone where the balance is not known. */
export function CurvePanel({ view: { days, quote }, start }: Props) {
  const t = useTranslations('statistics.curve')
  const format = useFormatter()
  const locale = useLocale()
  const [chosen, setChosen] = useState<Curve>('balance')
  const hasBalance = start !== undefined && start !== null && isBalance(start)
  const curve: Curve = hasBalance ? chosen : 'gain'
  const decimals = decimalsOfQuote(quote)
  const from = hasBalance && curve === 'balance' ? start : '0'
  const first = days[0]?.day ?? ''
  const last = days.at(-1)
  const dayText = (day: string) => format.dateTime(new Date(`${day}T00:00:00Z`), { dateStyle: 'long', timeZone: 'UTC' })
  const end = toWire(parseDecimal(from).plus(last?.total ?? '0'))
  return (
    <Panel
      title={t(curve, { quote })}
      testId="gain-curve"
      aside={
        <SwitchGroup
          label={t('choice')}
          value={curve}
          isDisabled={!hasBalance}
          options={[
            { value: 'balance', text: t('balanceShort') },
            { value: 'gain', text: t('gainShort') },
          ]}
          onChange={setChosen}
        />
      }
    >
      <GainChart
        days={days}
        start={Number(from)}
        decimals={decimals}
        label={t('label', {
          what: t(curve, { quote }),
          first: first === '' ? '' : dayText(first),
          last: last === undefined ? '' : dayText(last.day),
          end: formatAmount(end, locale, { decimals }),
        })}
      />
      <p className="border-t border-line px-3 py-1.5 text-[11px] text-mute" data-testid="curve-note">
        {start === undefined
          ? t('reading')
          : start === null
            ? t('unknown')
            : hasBalance
              ? t(`${curve}Note`)
              : t('none', { quote })}
      </p>
    </Panel>
  )
}
