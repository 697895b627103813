'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import { Panel } from '@/components/ui/panel'
import { formatJournalTime, formatSignalTime } from '@/lib/view/format-time'
import type { GapView } from '@/lib/view/heartbeat'

const HEAD = 'sticky top-0 bg-panel px-3 py-1.5 text-left text-xs font-medium text-mute'
const CELL = 'px-3 py-1 whitespace-nowrap'

/** Holes in the stored series, and candles that disagree with the exchange's own. */
export function GapList({ gaps }: { gaps: GapView[] }) {
  const t = useTranslations('heartbeat.gaps')
  const timeZone = useTimeZone() ?? 'UTC'
  const openCount = gaps.filter((gap) => gap.resolvedAt === null).length
  return (
    <Panel
      title={t('title')}
      testId="heartbeat-gaps"
      aside={
        <span className={`text-xs ${openCount > 0 ? 'text-down' : 'text-mute'}`}>
          {t('open', { count: openCount })}
        </span>
      }
    >
      {gaps.length === 0 ? (
        <p className="px-3 py-3 text-[13px] text-mute">{t('none')}</p>
      ) : (
        <div className="max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={t('title')}>
          <table className="w-full text-[13px]">
            <thead>
              <tr>
                {(['candle', 'timeframe', 'symbol', 'kind', 'detail', 'found', 'resolved'] as const).map((column) => (
                  <th key={column} scope="col" className={HEAD}>
                    {t(`column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {gaps.map((gap) => (
                <tr key={gap.id} className="border-t border-line">
                  <td className={`${CELL} font-mono`}>{formatSignalTime(gap.closeTime, timeZone)}</td>
                  <td className={CELL}>{gap.timeframe}</td>
                  <td className={CELL}>{gap.symbol}</td>
                  <td className={`${CELL} ${gap.resolvedAt === null ? 'text-down' : 'text-soft'}`}>
                    {t(`kind.${gap.kind}`)}
                  </td>
                  <td className="px-3 py-1 text-soft [overflow-wrap:anywhere]">{gap.detail}</td>
                  <td className={`${CELL} text-mute`}>{formatJournalTime(gap.foundAt, timeZone)}</td>
                  <td className={`${CELL} ${gap.resolvedAt === null ? 'text-warn' : 'text-up'}`}>
                    {gap.resolvedAt === null ? t('unresolved') : formatJournalTime(gap.resolvedAt, timeZone)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
