import { answerUser } from '@/lib/auth/guarded'
import { listRuns } from '@/lib/use-cases/list-runs'

/** The signed-in user's runs. */
export const GET = (): Promise<Response> => answerUser((user) => listRuns(user.id, Date.now()))
