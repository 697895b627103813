'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useLiveEvent, useReconnected } from '@/components/shell/live-provider'
import { JournalPanel } from '@/components/webhooks/journal-panel'
import { SourcePanel } from '@/components/webhooks/source-panel'
import { TradePanel } from '@/components/webhooks/trade-panel'
import type { WebhookActions } from '@/components/webhooks/webhook-actions'
import type { TradeView, WebhookJournalView, WebhookStatsView } from '@/lib/view/webhook'

interface Props {
  initial: { journal: WebhookJournalView; stats: WebhookStatsView; trades: TradeView[] }
  actions: WebhookActions
}

/** The page « Webhooks » at work: what came, where from, and what it led to. */
export function WebhooksBoard({ initial, actions }: Props) {
  const t = useTranslations('webhooks')
  const queries = useQueryClient()
  const refreshJournal = () => void queries.invalidateQueries({ queryKey: ['webhooks'] })
  const refreshTrades = () => void queries.invalidateQueries({ queryKey: ['trades'] })
  useLiveEvent('webhook.received', refreshJournal)
  useLiveEvent('order.changed', () => {
    refreshJournal()
    refreshTrades()
  })
  useLiveEvent('position.changed', refreshTrades)
  useReconnected(() => {
    refreshJournal()
    refreshTrades()
  })

  return (
    <div className="flex flex-col gap-3">
      <h1 className="sr-only">{t('title')}</h1>
      <JournalPanel initial={initial.journal} sources={initial.stats.sources} />
      <TradePanel initial={initial.trades} />
      <SourcePanel initial={initial.stats} muteSource={actions.muteSource} />
    </div>
  )
}
