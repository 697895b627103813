import { answerQuery } from '@/lib/auth/guarded'
import { listWebhooks } from '@/lib/use-cases/list-webhooks'
import { historyQuery } from '@/lib/view/webhook'

/** GET /api/webhooks/history?status&action&source&symbol&before&limit: the journal, newest first. */
export const GET = (request: Request): Promise<Response> =>
  answerQuery(request, historyQuery, (user, query) => listWebhooks(user.id, query))
