import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { StatisticsBoard } from '@/components/statistics/statistics-board'
import { requireUser } from '@/lib/auth/session'
import { readStatistics } from '@/lib/use-cases/read-statistics'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('statistics'))('title') }
}

export default async function StatisticsPage() {
  const user = await requireUser()
  return <StatisticsBoard initial={await readStatistics(user, {})} />
}
