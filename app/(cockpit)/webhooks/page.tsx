import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { WebhooksBoard } from '@/components/webhooks/webhooks-board'
import { requireUser } from '@/lib/auth/session'
import { listTrades } from '@/lib/use-cases/list-trades'
import { listWebhooks, readWebhookStats } from '@/lib/use-cases/list-webhooks'
import { historyQuery, statsQuery } from '@/lib/view/webhook'
import { muteSource } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('webhooks'))('title') }
}

export default async function WebhooksPage() {
  const user = await requireUser()
  const [journal, stats, trades] = await Promise.all([
    listWebhooks(user.id, historyQuery.parse({})),
    readWebhookStats(user.id, statsQuery.parse({}).days, Date.now()),
    listTrades(user.id, {}),
  ])
  return <WebhooksBoard initial={{ journal, stats, trades }} actions={{ muteSource }} />
}
