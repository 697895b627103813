import { useFormatter, useTranslations } from 'next-intl'
import { type LoadEnd, type LoadPairs, usePairsLoader } from '@/components/shell/pairs-loader'
import { StatusDot } from '@/components/ui/status-dot'
import { exchangeName } from '@/lib/view/pairs-loading'
import type { BrokerStatusView } from '@/lib/view/status'

// The bar has room for several brokers; the whole name stands in the tooltip.
const NAME_SHOWN = 18

interface Props {
  broker: BrokerStatusView
  loadPairs: LoadPairs
  onEnd: (end: LoadEnd) => void
}

/** A broker with its pairs, or how far their loading is. A click loads them again. */
export function BrokerChip({ broker, loadPairs, onEnd }: Props) {
  const t = useTranslations('status')
  const format = useFormatter()
  const loader = usePairsLoader(broker.id, loadPairs, onEnd)
  const percent = loader.percent ?? (broker.isLoading ? 0 : null)
  const exchange = exchangeName(broker.exchangeId)
  const name = broker.name.length > NAME_SHOWN ? `${broker.name.slice(0, NAME_SHOWN).trimEnd()}…` : broker.name
  const about = [broker.name, exchange, broker.error].filter(Boolean).join(' · ')
  return (
    <li data-testid="status-broker" className="whitespace-nowrap text-xs">
      <button
        type="button"
        title={`${about}\n${t('loadPairs', { name: broker.name })}`}
        disabled={percent !== null}
        onClick={loader.start}
        className="relative flex h-6 items-center gap-1.5 overflow-hidden rounded px-1.5 text-soft transition-colors enabled:hover:bg-raised enabled:hover:text-ink"
      >
        <StatusDot tone={percent !== null ? 'warn' : broker.error === null ? 'up' : 'down'} />
        {percent === null
          ? t('pairs', { name, count: broker.pairCount, shown: format.number(broker.pairCount) })
          : t('loadingPairs', { exchange, percent })}
        {percent === null ? null : (
          <span
            aria-hidden
            className="absolute bottom-0 left-0 h-0.5 bg-accent transition-[width]"
            style={{ width: `${percent}%` }}
          />
        )}
      </button>
    </li>
  )
}
