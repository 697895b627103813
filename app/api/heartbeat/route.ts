import { answerUser } from '@/lib/auth/guarded'
import { readHeartbeat } from '@/lib/use-cases/read-heartbeat'

/** The Heartbeat page's data: state, newest signals, holes. Shared by all users. */
export const GET = (): Promise<Response> => answerUser(() => readHeartbeat(Date.now()))
