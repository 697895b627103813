import { z } from 'zod'
import { answerUser } from '@/lib/auth/guarded'
import { readRunChart } from '@/lib/use-cases/read-run-chart'

/** Candles and executions of one of the user's runs. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const id = z.uuid().safeParse((await params).id)
  return answerUser((user) => (id.success ? readRunChart(user.id, id.data) : Promise.resolve(null)))
}
