import { answerUser } from '@/lib/auth/guarded'
import { readStatistics } from '@/lib/use-cases/read-statistics'
import { questionOf } from './question'

/** Statistics of the user's closed round trips: `?broker=&quote=&from=&to=`, days as YYYY-MM-DD. */
export const GET = (request: Request): Promise<Response> =>
  answerUser((user) => {
    const question = questionOf(request)
    return question === null ? Promise.resolve(null) : readStatistics(user, question)
  })
