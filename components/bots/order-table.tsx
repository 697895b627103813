'use client'

import { useLocale, useTimeZone, useTranslations } from 'next-intl'
import { Pnl } from '@/components/bots/amounts'
import { StoryButton } from '@/components/story/story-button'
import { useReason } from '@/components/story/use-reason'
import { DataTable } from '@/components/ui/data-table'
import { isOpen } from '@/lib/domain/order/status'
import { formatAmount } from '@/lib/view/format-amount'
import { formatJournalTime } from '@/lib/view/format-time'
import type { OrderRowView, RunView } from '@/lib/view/run'

const COLUMNS = ['time', 'side', 'type', 'quantity', 'price', 'status', 'pnl', 'why'] as const
/** Orders of one market, and how its amounts are written. */
type Orders = Pick<RunView, 'orders' | 'quoteAsset' | 'priceDecimals' | 'quantityDecimals'>

const NUMERIC: readonly string[] = ['quantity', 'price', 'pnl']

function statusTone(order: OrderRowView): string {
  if (order.status === 'FILLED') return 'text-up'
  if (order.status === 'REJECTED' || order.status === 'DENIED') return 'text-down'
  if (order.status === 'CANCELED' || order.status === 'EXPIRED') return 'text-mute'
  return isOpen(order.status) ? 'text-accent' : 'text-warn'
}

function OrderRow({ order, run }: { order: OrderRowView; run: Orders }) {
  const t = useTranslations('orders')
  const reasonIn = useReason()
  const locale = useLocale()
  const timeZone = useTimeZone() ?? 'UTC'
  const isFilled = !/^0(\.0*)?$/.test(order.filledQuantity)
  const quantity = isFilled ? order.filledQuantity : order.quantity
  const title = `${t(`side.${order.side}`)} ${formatJournalTime(order.createdAt, timeZone)}`
  return (
    <>
      <tr
        data-testid="order-row"
        data-status={order.status}
        data-side={order.side}
        data-purpose={order.purpose}
        className="border-t border-line whitespace-nowrap"
      >
        <td className="py-1 pr-1.5 pl-3 text-mute">{formatJournalTime(order.createdAt, timeZone)}</td>
        <td className={`px-1.5 py-1 font-medium ${order.side === 'BUY' ? 'text-up' : 'text-down'}`}>
          {t(`side.${order.side}`)}
        </td>
        <td className="px-1.5 py-1 text-soft" title={t(`type.${order.type}`)}>
          {order.purpose === 'OTHER' ? t(`type.${order.type}`) : t(`purpose.${order.purpose}`)}
        </td>
        <td className="px-1.5 py-1 text-right">
          {quantity === null
            ? `${formatAmount(order.quoteQuantity, locale, { decimals: 2 })} ${run.quoteAsset}`
            : formatAmount(quantity, locale, { decimals: run.quantityDecimals })}
        </td>
        <td className="px-1.5 py-1 text-right">{formatAmount(order.price, locale, { decimals: run.priceDecimals })}</td>
        <td className={`px-1.5 py-1 ${statusTone(order)}`}>
          {order.isEmulated && order.status === 'INITIALIZED' ? t('kept') : t(`status.${order.status}`)}
          {order.isEmulated ? (
            <span className="ml-1 text-[10px] text-mute" title={t('emulatedHint')}>
              {t('emulated')}
            </span>
          ) : null}
        </td>
        <td className="px-1.5 py-1 text-right">
          <Pnl amount={order.realizedPnl} />
        </td>
        <td className="py-1 pr-3 text-right">
          <StoryButton path={`/api/orders/${order.clientOrderId}/story`} title={title} />
        </td>
      </tr>
      {order.error === null ? null : (
        <tr>
          <td colSpan={COLUMNS.length} className="px-3 pb-1 text-[11px] text-down [overflow-wrap:anywhere]">
            {reasonIn(order.error)}
          </td>
        </tr>
      )}
    </>
  )
}

interface Props {
  run: Orders
  height?: string
  /** Without it the last ten of a run. */
  label?: string
}

/** Orders of a run or a trade, newest first. */
export function OrderTable({ run, height = 'h-80', label }: Props) {
  const t = useTranslations('orders')
  if (run.orders.length === 0) return <p className="px-3 py-4 text-[13px] text-mute">{t('empty')}</p>
  return (
    <DataTable
      label={label ?? t('label')}
      testId="order-table"
      className={height}
      columns={COLUMNS.map((key) => ({
        key,
        heading: t(`column.${key}`),
        isNumeric: NUMERIC.includes(key),
        isHidden: key === 'why',
      }))}
    >
      {run.orders.map((order) => (
        <OrderRow key={order.clientOrderId} order={order} run={run} />
      ))}
    </DataTable>
  )
}
