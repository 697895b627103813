'use client'

import { useFormatter, useTranslations } from 'next-intl'
import { useState } from 'react'
import { type LoadEnd, type LoadPairs, usePairsLoader } from '@/components/shell/pairs-loader'
import { Button } from '@/components/ui/button'
import type { BrokerView } from '@/lib/view/broker'

interface Props {
  broker: BrokerView
  loadPairs: LoadPairs
  onChanged: () => void
}

/** The number of pairs, « [MAJ Paires de trading] », and how far their loading is. */
export function BrokerPairs({ broker, loadPairs, onChanged }: Props) {
  const t = useTranslations('account')
  const tFailure = useTranslations('status.loadFailure')
  const format = useFormatter()
  const [end, setEnd] = useState<LoadEnd | null>(null)
  const { percent, start } = usePairsLoader(broker.id, loadPairs, (how) => {
    setEnd(how)
    onChanged()
  })
  return (
    <div className="flex flex-col items-start gap-0.5">
      <span className="flex items-center gap-2">
        <span data-testid="pair-count" className="text-xs text-soft">
          {t('pairCount', { count: broker.pairCount, shown: format.number(broker.pairCount) })}
        </span>
        <Button
          size="small"
          tone="quiet"
          data-testid="reload-pairs"
          disabled={percent !== null || !broker.isConfirmed}
          onClick={() => {
            setEnd(null)
            start()
          }}
        >
          {t('reloadPairs')}
        </Button>
      </span>
      {percent === null ? null : (
        <span className="flex w-full items-center gap-2 text-[11px] text-mute">
          <progress
            max={100}
            value={percent}
            aria-label={t('loading', { percent })}
            className="h-1 w-full appearance-none overflow-hidden rounded bg-line [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
          />
          {percent} %
        </span>
      )}
      {end?.isLoaded === true ? (
        <span role="status" data-testid="pairs-loaded" className="text-[11px] text-up">
          {t('pairsLoaded', { name: broker.name, count: end.count, shown: format.number(end.count) })}
        </span>
      ) : null}
      {end?.isLoaded === false ? (
        <span role="alert" className="max-w-72 text-[11px] whitespace-normal text-down">
          {tFailure(end.reason)}
        </span>
      ) : null}
    </div>
  )
}
