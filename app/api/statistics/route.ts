import { answerQuery } from '@/lib/auth/guarded'
import { readStatistics } from '@/lib/use-cases/read-statistics'
import { statisticsQuery } from '@/lib/view/statistics'

/** GET /api/statistics?broker&quote&from&to: the user's closed round trips, added up; days as YYYY-MM-DD. */
export const GET = (request: Request): Promise<Response> => answerQuery(request, statisticsQuery, readStatistics)
