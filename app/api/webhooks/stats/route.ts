import { answerQuery } from '@/lib/auth/guarded'
import { readWebhookStats } from '@/lib/use-cases/list-webhooks'
import { statsQuery } from '@/lib/view/webhook'

/** GET /api/webhooks/stats?days: counts, delays, and the sources with their loss rates. */
export const GET = (request: Request): Promise<Response> =>
  answerQuery(request, statsQuery, (user, { days }) => readWebhookStats(user.id, days, Date.now()))
