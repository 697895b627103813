import { answerUser } from '@/lib/auth/guarded'
import { listBrokers } from '@/lib/use-cases/list-brokers'

/** The user's brokers, without their keys. */
export const GET = (): Promise<Response> => answerUser((user) => listBrokers(user.id))
