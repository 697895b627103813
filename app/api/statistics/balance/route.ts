import { answerQuery } from '@/lib/auth/guarded'
import { readStartBalance } from '@/lib/use-cases/read-statistics'
import { webGateway } from '@/lib/use-cases/web-gateway'
import { statisticsQuery } from '@/lib/view/statistics'

/** GET /api/statistics/balance?broker&quote&from&to: the balance that the period began with. Asks the exchanges. */
export const GET = (request: Request): Promise<Response> =>
  answerQuery(request, statisticsQuery, (user, query) => readStartBalance(webGateway(), user, query))
