'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import { Panel } from '@/components/ui/panel'
import type { Timeframe } from '@/lib/domain/market/timeframe'
import { formatSignalTime } from '@/lib/view/format-time'
import type { SignalView } from '@/lib/view/heartbeat'

interface Props {
  timeframe: Timeframe
  signals: SignalView[]
  /** Names the symbol in each row: needed when several are watched. */
  hasSymbols: boolean
}

/** The signals of one timeframe, 20 in sight of 60: stored ones in orange, those that came live in green. */
export function SignalBox({ timeframe, signals, hasSymbols }: Props) {
  const t = useTranslations('heartbeat.signals')
  const timeZone = useTimeZone() ?? 'UTC'
  return (
    <Panel
      title={timeframe}
      testId={`signal-box-${timeframe}`}
      aside={<span className="text-xs text-mute">{t('count', { count: signals.length })}</span>}
    >
      <ol
        tabIndex={0}
        aria-label={t('label', { timeframe })}
        className="h-[25.5rem] overflow-y-auto py-1 font-mono text-[12px] leading-5 xl:text-[11.5px] min-[1500px]:text-[12.5px]"
      >
        {signals.length === 0 ? <li className="px-2 py-1 font-sans text-xs text-mute">{t('empty')}</li> : null}
        {signals.map((signal) => (
          <li
            key={signal.key}
            data-testid={signal.isFresh ? 'signal-fresh' : 'signal-stored'}
            className={`flex h-5 items-center justify-between gap-0.5 pr-1 pl-2 min-[1500px]:px-3 ${signal.isFresh ? 'arrived text-up' : 'text-stored'}`}
          >
            <span className="whitespace-nowrap">{formatSignalTime(signal.closeTime, timeZone)}</span>
            <span className="flex items-center gap-1 text-[11px] text-mute">
              {hasSymbols ? signal.symbol.split('/')[0] : null}
              {signal.isRecovered ? (
                <abbr title={t('recovered')} className="no-underline">
                  ↺
                </abbr>
              ) : signal.isLate ? (
                <abbr title={t('late')} className="text-warn no-underline">
                  ⏱
                </abbr>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
