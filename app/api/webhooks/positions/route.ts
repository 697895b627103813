import { answerQuery } from '@/lib/auth/guarded'
import { listTrades } from '@/lib/use-cases/list-trades'
import { positionsQuery } from '@/lib/view/webhook'

/** GET /api/webhooks/positions?brokerId&symbol: the trades in progress with their orders. */
export const GET = (request: Request): Promise<Response> =>
  answerQuery(request, positionsQuery, (user, query) => listTrades(user.id, query))
