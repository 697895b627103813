'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Pnl } from '@/components/bots/amounts'
import { Panel } from '@/components/ui/panel'
import { formatAmount, formatPercent } from '@/lib/view/format-amount'
import { type Performance, profitFactor, returnOf, winRate } from '@/lib/view/statistics'

function Figure({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2" title={hint}>
      <dt className="truncate text-[11px] text-mute">{name}</dt>
      <dd className="text-[15px] font-semibold [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}

/** The period in seven figures. */
export function GainFigures({ all, maxDrawdown, quote }: { all: Performance; maxDrawdown: string; quote: string }) {
  const t = useTranslations('statistics.figures')
  const format = useFormatter()
  const locale = useLocale()
  return (
    <Panel testId="gain-figures">
      <dl className="grid grid-cols-2 sm:grid-cols-4 xl:grid-cols-7 xl:divide-x xl:divide-line">
        <Figure name={t('gain', { quote })} hint={t('gainHint')}>
          <Pnl amount={all.gain} ratio={returnOf(all)} testId="total-gain" />
        </Figure>
        <Figure name={t('trips')}>{format.number(all.trips)}</Figure>
        <Figure name={t('winRate')}>{formatPercent(winRate(all), locale, false)}</Figure>
        <Figure name={t('profitFactor')} hint={t('profitFactorHint')}>
          {formatAmount(profitFactor(all), locale, { decimals: 2 })}
        </Figure>
        <Figure name={t('drawdown', { quote })} hint={t('drawdownHint')}>
          <Pnl amount={maxDrawdown} testId="max-drawdown" />
        </Figure>
        <Figure name={t('best')}>
          <Pnl amount={all.best} />
        </Figure>
        <Figure name={t('worst')}>
          <Pnl amount={all.worst} />
        </Figure>
      </dl>
    </Panel>
  )
}
