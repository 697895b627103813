'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { Pnl } from '@/components/bots/amounts'
import { Panel } from '@/components/ui/panel'
import { formatPercent } from '@/lib/view/format-amount'
import { decimalsOfQuote, type Grouping, type GroupView, returnOf, winRate } from '@/lib/view/statistics'

const COLUMNS = ['gain', 'trips', 'winRate', 'best', 'worst'] as const

interface Props {
  grouping: Grouping
  group: GroupView
  quote: string
}

/** Closed round trips by one of the things that tell them apart; best gain first. */
export function PerformanceTable({ grouping, group: { rows, count }, quote }: Props) {
  const t = useTranslations('statistics')
  const format = useFormatter()
  const locale = useLocale()
  const title = t(`by.${grouping}`)
  const decimals = decimalsOfQuote(quote)
  const nameOf = (name: string): string =>
    grouping === 'source'
      ? t(`source.${name}` as 'source.MANUAL')
      : name === ''
        ? t(grouping === 'strategy' ? 'strategyGone' : 'noName')
        : name
  return (
    <Panel title={title} testId={`by-${grouping}`} className="last:odd:xl:col-span-2">
      {rows.length === 0 ? (
        <p className="px-3 py-4 text-[13px] text-mute">{t('noGroup')}</p>
      ) : (
        <div className="max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={title}>
          <table className="w-full text-[13px]">
            <caption className="sr-only">{title}</caption>
            <thead className="sticky top-0 bg-panel">
              <tr className="text-[11px] text-mute">
                <th scope="col" className="px-3 py-1.5 text-left font-medium">
                  {t('column.name')}
                </th>
                {COLUMNS.map((column) => (
                  <th
                    key={column}
                    scope="col"
                    className="px-2 py-1.5 text-right font-medium whitespace-nowrap last:pr-3"
                  >
                    {t(`column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name} className="border-t border-line whitespace-nowrap">
                  <th
                    scope="row"
                    className="w-full max-w-0 min-w-28 truncate px-3 py-1 text-left font-medium"
                    title={nameOf(row.name)}
                  >
                    {nameOf(row.name)}
                  </th>
                  <td className="px-2 py-1 text-right">
                    <Pnl amount={row.gain} ratio={returnOf(row)} decimals={decimals} />
                  </td>
                  <td className="px-2 py-1 text-right">{format.number(row.trips)}</td>
                  <td className="px-2 py-1 text-right text-soft">{formatPercent(winRate(row), locale, false)}</td>
                  <td className="px-2 py-1 text-right">
                    <Pnl amount={row.best} decimals={decimals} />
                  </td>
                  <td className="py-1 pr-3 pl-2 text-right">
                    <Pnl amount={row.worst} decimals={decimals} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {count > rows.length ? (
        <p className="mt-auto border-t border-line px-3 py-1.5 text-[11px] text-mute" data-testid="cut">
          {t('cut', { shown: rows.length, count })}
        </p>
      ) : null}
    </Panel>
  )
}
