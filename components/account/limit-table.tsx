'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { StatusDot } from '@/components/ui/status-dot'
import type { ExchangeReport } from '@/lib/view/broker'

const HIGH = 0.8

/** How far the exchange's limits are used now, the clock's offset, and the private stream. */
export function LimitTable({ state }: { state: ExchangeReport['state'] }) {
  const t = useTranslations('account.limits')
  const format = useFormatter()
  const isStreaming = state.stream === 'CONNECTED' || state.stream === 'RENEWED'
  const waits = (
    [
      ['paused', state.pausedUntil],
      ['held', state.ordersHeldUntil],
    ] as const
  ).filter(([, until]) => until > 0)
  return (
    <section className="flex flex-col gap-2" data-testid="exchange-limits">
      <h3 className="text-[13px] font-semibold">{t('title')}</h3>
      {waits.map(([what, until]) => (
        <p key={what} className="text-xs text-down" role="alert">
          {t(what, { until: format.dateTime(new Date(until), { timeStyle: 'medium' }) })}
        </p>
      ))}
      {state.buckets.length === 0 ? <p className="text-xs text-mute">{t('unused')}</p> : null}
      <table className="w-full text-xs">
        <tbody>
          {state.buckets.map((bucket) => {
            const share = bucket.limit === 0 ? 0 : Math.min(1, bucket.used / bucket.limit)
            return (
              <tr key={bucket.id} className="border-t border-line">
                <th
                  scope="row"
                  className="max-w-56 truncate py-1 pr-2 text-left font-normal text-soft"
                  title={bucket.id}
                >
                  {bucket.id}
                </th>
                <td className="py-1 pr-2 text-mute">
                  {t(`scope.${bucket.scope}`)} · {t('window', { seconds: bucket.windowMs / 1000 })}
                </td>
                <td className="w-32 py-1 pr-2">
                  <span className="block h-1 overflow-hidden rounded bg-line">
                    <span
                      className={`block h-full ${share > HIGH ? 'bg-down' : 'bg-accent'}`}
                      style={{ width: `${share * 100}%` }}
                    />
                  </span>
                </td>
                <td className="py-1 text-right whitespace-nowrap">
                  {format.number(bucket.used)} / {format.number(bucket.limit)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
        <span>
          {t('clock', {
            offset: format.number(Math.round(state.clockOffsetMs)),
            uncertainty: format.number(Math.round(state.clockUncertaintyMs)),
          })}
        </span>
        <span className="flex items-center gap-1.5">
          <StatusDot tone={state.stream === null ? 'idle' : isStreaming ? 'up' : 'warn'} />
          {state.stream === null ? t('noStream') : isStreaming ? t('stream') : t('streamLost')}
        </span>
      </p>
    </section>
  )
}
