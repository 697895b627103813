import { isOwnOrigin } from '@/lib/auth/origin'
import { currentUser } from '@/lib/auth/session'
import { createLogger } from '@/lib/platform/logger'
import { showQueues } from '@/lib/use-cases/show-queues'
import { QUEUES_PATH } from '@/lib/view/queue-dashboard'

const log = createLogger('web')

const refuse = (status: number, error: string): Response =>
  Response.json({ error }, { status, headers: { 'Cache-Control': 'no-store' } })

// A session that was revoked gets past the first door: the page leads to the login page, a program is told.
const isPage = (request: Request): boolean => request.headers.get('accept')?.includes('text/html') ?? false
const toLogin = (): Response =>
  new Response(null, { status: 307, headers: { Location: `/login?from=${encodeURIComponent(QUEUES_PATH)}` } })

/** The queue dashboard: for signed-in users only, and for looking only unless the user is the administrator. */
async function answer(request: Request): Promise<Response> {
  try {
    const user = await currentUser()
    if (user === null) return isPage(request) ? toLogin() : refuse(401, 'UNAUTHORIZED')
    const isReading = request.method === 'GET' || request.method === 'HEAD'
    if (!isReading && !isOwnOrigin(request.headers.get('origin'), request.headers.get('host')))
      return refuse(403, 'FORBIDDEN')
    if (!isReading && !user.isAdmin) return refuse(403, 'FORBIDDEN')
    return await showQueues(request, user)
  } catch (error) {
    log.error({ error }, 'queue dashboard failed')
    return refuse(503, 'UNAVAILABLE')
  }
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT }
