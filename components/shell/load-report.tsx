import { useFormatter, useTranslations } from 'next-intl'
import { useEffect } from 'react'
import type { LoadEnd } from '@/components/shell/pairs-loader'

const SHOWN_MS = 6000

export interface Report {
  name: string
  end: LoadEnd
}

/** How a loading ended: a success leaves by itself, a failure stays until it is closed. */
export function LoadReport({ report, onClose }: { report: Report; onClose: () => void }) {
  const t = useTranslations('status')
  const format = useFormatter()
  const { name, end } = report
  useEffect(() => {
    if (!end.isLoaded) return
    const timer = setTimeout(onClose, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [end, onClose])
  return (
    <div
      role={end.isLoaded ? 'status' : 'alert'}
      data-testid="load-report"
      className={`fixed top-14 right-3 z-30 flex max-w-sm items-start gap-2 rounded border bg-panel py-2 pr-1 pl-3 text-[13px] whitespace-normal shadow-lg ${
        end.isLoaded ? 'border-up/50 text-ink' : 'border-down/60 text-down'
      }`}
    >
      <p className="[overflow-wrap:anywhere]">
        {end.isLoaded
          ? t('pairsLoaded', { name, count: end.count, shown: format.number(end.count) })
          : t('pairsFailed', { name, reason: t(`loadFailure.${end.reason}`) })}
      </p>
      <button
        type="button"
        aria-label={t('close')}
        onClick={onClose}
        className="size-6 shrink-0 rounded text-soft hover:bg-raised hover:text-ink"
      >
        ×
      </button>
    </div>
  )
}
