'use server'

import { z } from 'zod'
import { requireUser } from '@/lib/auth/session'
import { createLogger } from '@/lib/platform/logger'
import { removeChannel as remove, saveChannel as save, tryChannel as send } from '@/lib/use-cases/alert-channels'
import type { ChannelAnswer, ChannelInput, TrialAnswer } from '@/lib/view/alert-channel'

const log = createLogger('web')
const UNAVAILABLE = { isDone: false, reason: 'UNAVAILABLE' } as const
const UNKNOWN = { isDone: false, reason: 'CHANNEL_UNKNOWN' } as const

function failed(error: unknown): typeof UNAVAILABLE {
  log.error({ error }, 'command of the alert channels failed')
  return UNAVAILABLE
}

export async function saveChannel(input: ChannelInput): Promise<ChannelAnswer> {
  const user = await requireUser()
  return save(user.id, input).catch(failed)
}

export async function removeChannel(id: string): Promise<ChannelAnswer> {
  const user = await requireUser()
  return z.uuid().safeParse(id).success ? remove(user.id, id).catch(failed) : UNKNOWN
}

export async function tryChannel(id: string): Promise<TrialAnswer> {
  const user = await requireUser()
  return z.uuid().safeParse(id).success ? send(user, id, Date.now()).catch(failed) : UNKNOWN
}
