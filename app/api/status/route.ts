import { answerUser } from '@/lib/auth/guarded'
import { readStatusBar } from '@/lib/use-cases/read-status-bar'

/** The status bar of the signed-in user. */
export const GET = (): Promise<Response> => answerUser((user) => readStatusBar(user.id, Date.now()))
