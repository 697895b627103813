import { answerUser } from '@/lib/auth/guarded'
import { readWebhookStory } from '@/lib/use-cases/read-story'
import { webhookIdOf } from '@/lib/view/webhook'

/** GET /api/webhooks/<id>/story: what became of one of the user's webhooks. The path's part is its id here, not a token. */
export async function GET(_request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const id = webhookIdOf((await params).token)
  return answerUser((user) => (id === null ? Promise.resolve(null) : readWebhookStory(user.id, id)))
}
