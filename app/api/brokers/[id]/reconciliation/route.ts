import { z } from 'zod'
import { answerQuery, answerUser } from '@/lib/auth/guarded'
import { isOwnOrigin } from '@/lib/auth/origin'
import { askReconciliation, readReconciliation } from '@/lib/use-cases/read-reconciliation'
import { reconciliationQuery } from '@/lib/view/reconciliation'

interface Route {
  params: Promise<{ id: string }>
}

/** GET ?check: the last reconciliation of one of the user's brokers, or the one named, and those before it. */
export async function GET(request: Request, { params }: Route): Promise<Response> {
  const id = z.uuid().safeParse((await params).id)
  return answerQuery(request, reconciliationQuery, (user, { check }) =>
    id.success ? readReconciliation(user.id, id.data, check) : Promise.resolve(null),
  )
}

/** POST: asks for one now; answers its number. Refused to pages of other sites. */
export async function POST(request: Request, { params }: Route): Promise<Response> {
  if (!isOwnOrigin(request.headers.get('origin'), request.headers.get('host')))
    return Response.json({ error: 'FORBIDDEN' }, { status: 403 })
  const id = z.uuid().safeParse((await params).id)
  return answerUser(async (user) => {
    if (!id.success) return null
    const answer = await askReconciliation(user.id, id.data, Date.now())
    return answer.isDone ? { check: answer.id } : null
  })
}
