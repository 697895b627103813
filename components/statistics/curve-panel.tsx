'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { GainChart } from '@/components/statistics/gain-chart'
import { Panel } from '@/components/ui/panel'
import { SwitchGroup } from '@/components/ui/switch-group'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { formatAmount } from '@/lib/view/format-amount'
import { decimalsOfQuote, knownBalance, movedBy, type StartBalance, type StatisticsView } from '@/lib/view/statistics'

type Curve = 'balance' | 'gain'

interface Props {
  view: StatisticsView
  /** Undefined while it is being read, null when it cannot be. */
  balance: StartBalance | null | undefined
}

/** The balance over time, or the gain alone where the balance is not known. */
export function CurvePanel({ view: { days, quote }, balance }: Props) {
  const t = useTranslations('statistics.curve')
  const format = useFormatter()
  const locale = useLocale()
  const [chosen, setChosen] = useState<Curve>('balance')
  const known = useMemo(() => (balance ? knownBalance(balance) : null), [balance])
  const curve: Curve = known === null ? 'gain' : chosen
  const shown = curve === 'balance' ? known : null
  const decimals = decimalsOfQuote(quote)
  const first = days[0]?.day ?? ''
  const last = days.at(-1)
  const dayText = (day: string) => format.dateTime(new Date(`${day}T00:00:00Z`), { dateStyle: 'long', timeZone: 'UTC' })
  const end = toWire(
    parseDecimal(last?.total ?? '0')
      .plus(shown?.start ?? '0')
      .plus(movedBy(shown?.movements ?? [], last?.day ?? '')),
  )
  return (
    <Panel
      title={t(curve, { quote })}
      testId="gain-curve"
      aside={
        <SwitchGroup
          label={t('choice')}
          value={curve}
          isDisabled={known === null}
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
        balance={shown}
        decimals={decimals}
        label={t('label', {
          what: t(curve, { quote }),
          first: first === '' ? '' : dayText(first),
          last: last === undefined ? '' : dayText(last.day),
          end: formatAmount(end, locale, { decimals }),
        })}
      />
      <p className="border-t border-line px-3 py-1.5 text-[11px] text-mute" data-testid="curve-note">
        {balance === undefined
          ? t('reading')
          : known !== null
            ? t(`${curve}Note`)
            : (balance?.start ?? null) === null
              ? t('unknown')
              : t('none', { quote })}
      </p>
    </Panel>
  )
}
