'use client'

import { useLocale, useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Pnl } from '@/components/bots/amounts'
import { formatAmount } from '@/lib/view/format-amount'
import type { RunView } from '@/lib/view/run'
import { unrealizedPnl } from '@/lib/view/unrealized-pnl'

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 px-3 py-2">
      <dt className="truncate text-[11px] text-mute">{name}</dt>
      <dd className="text-[13px] font-medium [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}

/** Position, protection and result of a run, at the live price where it is known. */
export function RunFigures({ run, livePrice }: { run: RunView; livePrice: string | null }) {
  const t = useTranslations('bots.figures')
  const locale = useLocale()
  const { position } = run
  const price = livePrice ?? position?.currentPrice ?? null
  const unrealized = position === null ? null : unrealizedPnl(position, price)
  const priceOf = (amount: string | null | undefined) =>
    formatAmount(amount ?? null, locale, { decimals: run.priceDecimals })
  return (
    <dl className="grid grid-cols-2 border-t border-line sm:grid-cols-4 xl:grid-cols-8 xl:divide-x xl:divide-line">
      <Figure name={t('quantity')}>
        <span data-testid="position-quantity" data-amount={position?.quantity ?? '0'}>
          {position === null ? (
            <span className="text-mute">{t('flat')}</span>
          ) : (
            `${formatAmount(position.quantity, locale, { decimals: run.quantityDecimals })} ${run.baseAsset}`
          )}
        </span>
      </Figure>
      <Figure name={t('entry')}>
        <span data-testid="position-entry">{priceOf(position?.averageEntryPrice)}</span>
      </Figure>
      <Figure name={t('price')}>
        <span data-testid="position-price">{priceOf(price)}</span>
      </Figure>
      <Figure name={t('unrealized', { asset: run.quoteAsset })}>
        <Pnl testId="unrealized-pnl" amount={unrealized?.amount ?? null} ratio={unrealized?.ratio ?? null} />
      </Figure>
      <Figure name={t('stopLoss')}>
        <span data-testid="stop-loss">{priceOf(position?.stopLoss)}</span>
      </Figure>
      <Figure name={t('takeProfit')}>
        <span data-testid="take-profit">{priceOf(position?.takeProfit)}</span>
      </Figure>
      <Figure name={t('realized', { asset: run.quoteAsset })}>
        <Pnl testId="realized-pnl" amount={run.realizedPnl} />
      </Figure>
      <Figure name={t('trips')}>
        <span data-testid="closed-trips">{run.closedTrips}</span>
      </Figure>
    </dl>
  )
}
