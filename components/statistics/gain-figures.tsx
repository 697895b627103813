'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Pnl } from '@/components/bots/amounts'
import { Panel } from '@/components/ui/panel'
import { parseDecimal, sum, toWire } from '@/lib/domain/money/decimal'
import { formatAmount, formatPercent } from '@/lib/view/format-amount'
import {
  decimalsOfQuote,
  deepest,
  deepestRatio,
  type KnownBalance,
  type Performance,
  profitFactor,
  returnOf,
  type StatisticsView,
  winRate,
} from '@/lib/view/statistics'

function Figure({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2" title={hint}>
      <dt className="truncate text-[11px] text-mute">{name}</dt>
      <dd className="text-[15px] font-semibold [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}

interface Props {
  all: Performance
  view: StatisticsView
  /** Null while it is not known. */
  known: KnownBalance | null
}

/** The period in eight figures. */
export function GainFigures({ all, view: { days, quote, open }, known }: Props) {
  const t = useTranslations('statistics.figures')
  const format = useFormatter()
  const locale = useLocale()
  const decimals = decimalsOfQuote(quote)
  const balance =
    known &&
    toWire(
      parseDecimal(known.start)
        .plus(all.gain)
        .plus(sum(known.movements.map((move) => parseDecimal(move.amount)))),
    )
  return (
    <Panel testId="gain-figures">
      <dl className="grid grid-cols-2 sm:grid-cols-4 2xl:grid-cols-8 2xl:divide-x 2xl:divide-line">
        <Figure name={t('balance', { quote })} hint={t('balanceHint')}>
          <span data-testid="balance">{formatAmount(balance, locale, { decimals })}</span>
        </Figure>
        <Figure name={t('gain', { quote })} hint={t('gainHint')}>
          <Pnl amount={all.gain} ratio={returnOf(all)} decimals={decimals} testId="total-gain" />
        </Figure>
        <Figure name={t('drawdown', { quote })} hint={t('drawdownHint')}>
          <Pnl
            amount={deepest(days)}
            ratio={known && deepestRatio(days, known)}
            decimals={decimals}
            testId="max-drawdown"
          />
        </Figure>
        <Figure name={t('trips')}>
          <span data-testid="trip-count">{format.number(all.trips)}</span>
        </Figure>
        <Figure name={t('winRate')}>
          <span data-testid="win-rate">{formatPercent(winRate(all), locale, false)}</span>
        </Figure>
        <Figure name={t('profitFactor')} hint={t('profitFactorHint')}>
          {formatAmount(profitFactor(all), locale, { decimals: 2 })}
        </Figure>
        <Figure name={t('best')}>
          <Pnl amount={all.best} decimals={decimals} />
        </Figure>
        <Figure name={t('worst')}>
          <Pnl amount={all.worst} decimals={decimals} />
        </Figure>
      </dl>
      {open.trips === 0 ? null : (
        <p className="border-t border-line px-3 py-1.5 text-xs text-mute" data-testid="open-trips">
          {t('open', { trips: open.trips })} <Pnl amount={open.gain} decimals={decimals} />
        </p>
      )}
      {open.dust === '0' ? null : (
        <p className="border-t border-line px-3 py-1.5 text-xs text-mute" data-testid="dust">
          {t('dust')} <span className="text-soft">{formatAmount(open.dust, locale, { decimals })}</span> {quote}
        </p>
      )}
    </Panel>
  )
}
