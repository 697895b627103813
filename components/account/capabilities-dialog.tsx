'use client'

import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import { LimitTable } from '@/components/account/limit-table'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { ErrorMessage } from '@/components/ui/message'
import type { ExchangeCapabilities, Support } from '@/lib/domain/account/capabilities'
import { ORDER_TYPES, TIMES_IN_FORCE } from '@/lib/domain/order/order'
import { capabilityText } from '@/lib/view/capability-words'
import type { BrokerView, ExchangeReport } from '@/lib/view/broker'

const REFRESH_MS = 2000
const TONES: Record<Support['level'], string> = {
  NATIVE: 'text-up',
  EMULATED: 'text-warn',
  UNSUPPORTED: 'text-mute',
}
const OTHERS = [
  'oco',
  'oto',
  'otoco',
  'postOnly',
  'iceberg',
  'amendOrder',
  'replaceOrder',
  'cancelAll',
  'transfers',
  'positions',
  'deadManSwitch',
  'publicTrades',
  'userStream',
  'testnet',
] as const

/** « Capacités »: what the exchange does itself, what the engine does in its place, what is not to be had; and its limits. */
export function CapabilitiesDialog({ broker, onClose }: { broker: BrokerView; onClose: () => void }) {
  const t = useTranslations('account.capabilities')
  const { data, isError } = useQuery({
    queryKey: ['exchange', broker.id],
    queryFn: ({ signal }) => ask<ExchangeReport>(`/api/brokers/${broker.id}/exchange`, signal),
    refetchInterval: REFRESH_MS,
  })
  return (
    <Dialog title={t('title', { exchange: broker.exchangeName })} size="wide" isOpen onClose={onClose}>
      {isError && data === undefined ? <ErrorMessage>{t('failed')}</ErrorMessage> : null}
      {data === undefined ? (
        isError ? null : (
          <p className="py-8 text-center text-[13px] text-mute">{t('loading')}</p>
        )
      ) : (
        <div className="flex max-h-[70vh] flex-col gap-4 overflow-y-auto" tabIndex={0} data-testid="capability-list">
          <Capabilities capabilities={data.capabilities} />
          <LimitTable state={data.state} />
        </div>
      )}
      <div className="flex justify-end">
        <Button data-testid="close-capabilities" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </Dialog>
  )
}

function Capabilities({ capabilities }: { capabilities: ExchangeCapabilities }) {
  const t = useTranslations('account.capabilities')
  const tOrders = useTranslations('orders')
  return (
    <>
      <p className="text-xs text-mute">{t('legend')}</p>
      <Group
        title={t('orderTypes')}
        rows={ORDER_TYPES.map((type) => [tOrders(`type.${type}`), capabilities.orderTypes[type]])}
      />
      <Group title={t('timesInForce')} rows={TIMES_IN_FORCE.map((time) => [time, capabilities.timesInForce[time]])} />
      <Group title={t('others')} rows={OTHERS.map((name) => [t(`name.${name}`), capabilities[name]])} />
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
        <dt className="text-mute">{t('aggregated')}</dt>
        <dd>{capabilities.aggregatedTimeframes.join(', ') || t('none')}</dd>
        <dt className="text-mute">{t('candles')}</dt>
        <dd>{capabilities.candlesPerRequest}</dd>
        <dt className="text-mute">{t('limits')}</dt>
        <dd>{capabilities.limits.join(' · ')}</dd>
      </dl>
    </>
  )
}

function Group({ title, rows }: { title: string; rows: [name: string, support: Support][] }) {
  const t = useTranslations('account.capabilities')
  const locale = useLocale()
  return (
    <table className="w-full table-fixed text-xs">
      <caption className="pb-1 text-left text-[13px] font-semibold">{title}</caption>
      <tbody>
        {rows.map(([name, support]) => (
          <tr key={name} className="border-t border-line align-top">
            <th scope="row" className="w-44 py-1 pr-2 text-left font-normal text-soft">
              {name}
            </th>
            <td className={`w-24 py-1 pr-2 font-medium ${TONES[support.level]}`}>{t(`level.${support.level}`)}</td>
            <td className="py-1 text-mute [overflow-wrap:anywhere]">{capabilityText(support, locale)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
