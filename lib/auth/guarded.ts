import { currentUser } from '@/lib/auth/session'
import type { UserProfile } from '@/lib/db/user-repository'
import { createLogger } from '@/lib/platform/logger'

const log = createLogger('web')

/** Answers a signed-in user's JSON question: 401 to strangers, 503 without details when the answer cannot be had. */
export async function answerUser(read: (user: UserProfile) => Promise<unknown>): Promise<Response> {
  const headers = { 'Cache-Control': 'no-store' }
  try {
    const user = await currentUser()
    if (user === null) return Response.json({ error: 'UNAUTHORIZED' }, { status: 401, headers })
    const found = await read(user)
    if (found === null) return Response.json({ error: 'NOT_FOUND' }, { status: 404, headers })
    return Response.json(found, { headers })
  } catch (error) {
    log.error({ error }, 'question of a page failed')
    return Response.json({ error: 'UNAVAILABLE' }, { status: 503, headers })
  }
}
