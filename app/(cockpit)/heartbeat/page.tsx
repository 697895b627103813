import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { HeartbeatBoard } from '@/components/heartbeat/heartbeat-board'
import { requireUser } from '@/lib/auth/session'
import { readHeartbeat } from '@/lib/use-cases/read-heartbeat'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('heartbeat'))('title') }
}

export default async function HeartbeatPage() {
  await requireUser()
  return <HeartbeatBoard initial={await readHeartbeat(Date.now())} />
}
