import { z } from 'zod'
import { answerUser } from '@/lib/auth/guarded'
import { readExchangeReport } from '@/lib/use-cases/manage-broker'
import { webGateway } from '@/lib/use-cases/web-gateway'

/** What the exchange of one of the user's brokers can do, and how its limits stand. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const id = z.uuid().safeParse((await params).id)
  return answerUser((user) => (id.success ? readExchangeReport(webGateway(), user.id, id.data) : Promise.resolve(null)))
}
