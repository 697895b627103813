import { answerUser } from '@/lib/auth/guarded'
import { readOrderStory } from '@/lib/use-cases/read-story'

/** GET /api/orders/<id>/story: what led to one of the user's orders, and what became of it. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params
  return answerUser((user) => readOrderStory(user.id, id))
}
