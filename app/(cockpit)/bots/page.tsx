import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { BotsBoard } from '@/components/bots/bots-board'
import { requireUser } from '@/lib/auth/session'
import { listRuns } from '@/lib/use-cases/list-runs'
import { readRunChoices } from '@/lib/use-cases/read-run-choices'
import { activate, openPaperAccount, resume, sell, stop, suspend } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('bots'))('title') }
}

export default async function BotsPage() {
  const user = await requireUser()
  const now = Date.now()
  const [runs, choices] = await Promise.all([listRuns(user.id, now), readRunChoices(user.id, now)])
  return (
    <BotsBoard initial={runs} choices={choices} actions={{ activate, openPaperAccount, resume, sell, stop, suspend }} />
  )
}
