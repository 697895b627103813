import type { z } from 'zod'
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
    if (found instanceof Response) return found
    if (found === null) return Response.json({ error: 'NOT_FOUND' }, { status: 404, headers })
    return Response.json(found, { headers })
  } catch (error) {
    log.error({ error }, 'question of a page failed')
    return Response.json({ error: 'UNAVAILABLE' }, { status: 503, headers })
  }
}

/** Like `answerUser`, for a question with a query: 400 with the names of the parameters that do not fit. */
export const answerQuery = <T>(
  request: Request,
  schema: z.ZodType<T>,
  read: (user: UserProfile, query: T) => Promise<unknown>,
): Promise<Response> =>
  answerUser(async (user) => {
    const query = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (query.success) return read(user, query.data)
    const fields = query.error.issues.flatMap((issue) => ('keys' in issue ? issue.keys : [issue.path.join('.')]))
    return Response.json({ error: 'INPUT', fields }, { status: 400, headers: { 'Cache-Control': 'no-store' } })
  })
