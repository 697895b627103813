import { answerUser } from '@/lib/auth/guarded'
import { listChannels } from '@/lib/use-cases/alert-channels'

/** The user's alert channels with how they do, without their addresses. */
export const GET = (): Promise<Response> => answerUser((user) => listChannels(user.id, Date.now()))
