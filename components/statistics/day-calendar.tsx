'use client'

import { useFormatter, useLocale, useTranslations } from 'next-intl'
import { useMemo, useState } from 'react'
import { Pnl } from '@/components/bots/amounts'
import { Button } from '@/components/ui/button'
import { Panel } from '@/components/ui/panel'
import { parseDecimal, sum, toWire } from '@/lib/domain/money/decimal'
import { monthAfter, weeksOf } from '@/lib/view/days'
import { directionOf, formatAmount, formatShort } from '@/lib/view/format-amount'
import { type DayGain, decimalsOfQuote } from '@/lib/view/statistics'

const TONES = { up: 'bg-up/15 text-up', down: 'bg-down/15 text-down', flat: 'bg-raised text-soft' }
// 5 January 2026 is a Monday.
const MONDAY = Date.UTC(2026, 0, 5)
const DAY_MS = 86_400_000

/** The gain of each day, a month at a time; the newest month with a gain comes first. */
export function DayCalendar({ days, quote }: { days: DayGain[]; quote: string }) {
  const t = useTranslations('statistics.calendar')
  const locale = useLocale()
  const format = useFormatter()
  const decimals = decimalsOfQuote(quote)
  const [chosen, setChosen] = useState<string | null>(null)
  const byDay = useMemo(() => new Map(days.map((day) => [day.day, day])), [days])
  const first = days[0]?.day.slice(0, 7) ?? ''
  const last = days.at(-1)?.day.slice(0, 7) ?? ''
  // Another filter may end the period in which the chosen month was.
  const month = chosen === null || chosen < first || chosen > last ? last : chosen
  if (month === '') return null
  const inMonth = days.filter(({ day }) => day.startsWith(month))
  const label = format.dateTime(new Date(`${month}-01T00:00:00Z`), { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return (
    <Panel
      title={t('title')}
      testId="day-calendar"
      aside={
        <span className="flex items-center gap-1">
          <Button
            size="small"
            tone="quiet"
            aria-label={t('previous')}
            disabled={month <= first}
            onClick={() => setChosen(monthAfter(month, -1))}
          >
            ‹
          </Button>
          <span className="min-w-28 text-center text-xs text-soft first-letter:uppercase" aria-live="polite">
            {label}
          </span>
          <Button
            size="small"
            tone="quiet"
            aria-label={t('next')}
            disabled={month >= last}
            onClick={() => setChosen(monthAfter(month, 1))}
          >
            ›
          </Button>
        </span>
      }
    >
      <div className="overflow-x-auto p-2" tabIndex={0} role="region" aria-label={t('title')}>
        <table className="w-full table-fixed border-separate border-spacing-0.5 text-[11px]">
          <caption className="sr-only">{label}</caption>
          <thead>
            <tr className="text-mute">
              {Array.from({ length: 7 }, (_, index) => (
                <th key={index} scope="col" className="pb-1 font-medium">
                  {new Date(MONDAY + index * DAY_MS).toLocaleDateString(locale, { weekday: 'short', timeZone: 'UTC' })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(month).map((week, index) => (
              <tr key={index}>
                {week.map((day, weekday) => {
                  const gain = day === null ? undefined : byDay.get(day)
                  if (day === null) return <td key={`blank-${weekday}`} />
                  return (
                    <td
                      key={day}
                      data-day={day}
                      title={
                        gain &&
                        `${formatAmount(gain.gain, locale, { decimals, isSigned: true })} ${quote} · ${t('day', { trips: gain.trips })}`
                      }
                      className={`h-11 overflow-hidden rounded px-0.5 align-top ${gain ? TONES[directionOf(gain.gain)] : 'bg-canvas'}`}
                    >
                      <span className="block pl-0.5 text-[10px] text-mute">{Number(day.slice(8))}</span>
                      {gain ? (
                        <span className="block text-center text-[11px] font-medium tracking-tight whitespace-nowrap">
                          {formatShort(gain.gain, locale)}
                        </span>
                      ) : null}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="mt-auto flex justify-between border-t border-line px-3 py-1.5 text-xs text-mute">
        <span>{t('month')}</span>
        <Pnl amount={toWire(sum(inMonth.map(({ gain }) => parseDecimal(gain))))} decimals={decimals} />
      </p>
    </Panel>
  )
}
