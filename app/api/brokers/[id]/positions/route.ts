import { z } from 'zod'
import { answerQuery } from '@/lib/auth/guarded'
import { readPositionsOfUser } from '@/lib/use-cases/read-positions'
import { webGateway } from '@/lib/use-cases/web-gateway'
import { positionsQuery } from '@/lib/view/positions'

/** GET ?valuedIn: what one of the user's accounts holds, valued in USDT unless said otherwise. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const id = z.uuid().safeParse((await params).id)
  return answerQuery(request, positionsQuery, (user, query) =>
    id.success ? readPositionsOfUser(webGateway(), user.id, id.data, query) : Promise.resolve(null),
  )
}
