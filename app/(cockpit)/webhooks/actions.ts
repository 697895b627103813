'use server'

import { requireUser } from '@/lib/auth/session'
import { createLogger } from '@/lib/platform/logger'
import { muteSource as mute } from '@/lib/use-cases/list-webhooks'
import { webhookIdOf } from '@/lib/view/webhook'

const log = createLogger('web')

export async function muteSource(sourceId: string, isMuted: boolean): Promise<boolean> {
  const user = await requireUser()
  if (webhookIdOf(sourceId) === null || typeof isMuted !== 'boolean') return false
  try {
    return await mute(user.id, sourceId, isMuted, Date.now())
  } catch (error) {
    log.error({ error }, 'source of webhooks could not be muted')
    return false
  }
}
