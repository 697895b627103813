'use client'

import { useQuery } from '@tanstack/react-query'
import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { Pnl } from '@/components/bots/amounts'
import { OrderTable } from '@/components/bots/order-table'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import { formatAmount } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import { unrealizedPnl } from '@/lib/view/unrealized-pnl'
import type { TradeView } from '@/lib/view/webhook'

const REFRESH_MS = 10_000

/** Zone « Ordres effectués »: the trades in progress, with their orders. */
export function TradePanel({ initial }: { initial: TradeView[] }) {
  const t = useTranslations('webhooks.trades')
  const {
    data: trades,
    isError,
    isFetching,
    refetch,
  } = useQuery({
    queryKey: ['trades'],
    queryFn: ({ signal }) => ask<TradeView[]>('/api/webhooks/positions', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
    refetchOnMount: 'always',
  })
  return (
    <Panel
      title={t('title')}
      testId="trades"
      aside={
        <Button
          size="small"
          data-testid="refresh-trades"
          disabled={isFetching}
          className="w-24"
          onClick={() => void refetch()}
        >
          {t('refresh')}
        </Button>
      }
    >
      {isError ? (
        <div className="p-3">
          <ErrorMessage>{t('stale')}</ErrorMessage>
        </div>
      ) : null}
      {trades.length === 0 ? (
        <EmptyState title={t('noOrders')}>{t('noPosition')}</EmptyState>
      ) : (
        <ul className="flex flex-col divide-y divide-line-strong">
          {trades.map((trade) => (
            <li key={trade.positionId} data-testid="trade" data-symbol={trade.symbol}>
              <TradeHead trade={trade} />
              <OrderTable run={trade} height="max-h-72" label={t('ordersOf', { symbol: trade.symbol })} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Account and market of a trade, what is held, what protects it, and the gain. */
function TradeHead({ trade }: { trade: TradeView }) {
  const t = useTranslations('webhooks.trades')
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const amount = (value: string | null, decimals: number) => formatAmount(value, locale, { decimals })
  const unrealized = unrealizedPnl(trade, trade.currentPrice)
  return (
    <header className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-3 pt-2 pb-1 text-[13px]">
      <h3 className="flex min-w-0 items-baseline gap-2 font-semibold">
        <span className="text-accent">{trade.symbol}</span>
        <span className="max-w-48 truncate font-normal text-mute" title={trade.brokerName}>
          {trade.brokerName} · {t(`environment.${trade.environment}`)}
        </span>
      </h3>
      {trade.openedAt === null ? (
        <span className="text-mute">{t('noPosition')}</span>
      ) : (
        <>
          <Figure label={t('since')}>{formatJournalTime(trade.openedAt, timeZone)}</Figure>
          <Figure label={t('held')}>
            {amount(trade.quantity, trade.quantityDecimals)} {trade.baseAsset}
          </Figure>
          <Figure label={t('entry')}>{amount(trade.averageEntryPrice, trade.priceDecimals)}</Figure>
          <Figure label={t('unrealized', { asset: trade.quoteAsset })}>
            <Pnl amount={unrealized?.amount ?? null} ratio={unrealized?.ratio ?? null} />
          </Figure>
          <Figure label={t('realized', { asset: trade.quoteAsset })}>
            <Pnl amount={trade.realizedPnl} />
          </Figure>
        </>
      )}
      {trade.exits.map((exit) => (
        <Figure key={exit.clientOrderId} label={t(`exit.${exit.purpose}`)}>
          <span className={exit.purpose === 'STOP_LOSS' ? 'text-down' : 'text-up'}>
            {amount(exit.price, trade.priceDecimals)}
          </span>
          {exit.quantity === null ? null : (
            <span className="text-soft">
              {' '}
              × {amount(exit.quantity, trade.quantityDecimals)} {trade.baseAsset}
            </span>
          )}
        </Figure>
      ))}
      {trade.openedAt !== null && trade.exits.length === 0 ? (
        <span className="text-xs text-warn">{t('unprotected')}</span>
      ) : null}
    </header>
  )
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <span className="whitespace-nowrap">
      <span className="text-xs text-mute">{label}</span> {children}
    </span>
  )
}
