import { z } from 'zod'
import { answerUser } from '@/lib/auth/guarded'
import { listSymbols } from '@/lib/use-cases/list-symbols'

/** Names of the pairs that can be traded at one of the user's brokers. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const id = z.uuid().safeParse((await params).id)
  return answerUser((user) => (id.success ? listSymbols(user.id, id.data) : Promise.resolve(null)))
}
