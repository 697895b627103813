import { getTranslations } from 'next-intl/server'
import { currentUser } from '@/lib/auth/session'
import { createLogger } from '@/lib/platform/logger'
import { FILL_COLUMNS, fillLines, TRIP_COLUMNS, tripLines } from '@/lib/use-cases/export-ledger'
import { questionOf } from '../question'

const log = createLogger('web')

/** `fills.csv` or `round-trips.csv` of the user, over the days and the broker asked for, with headings in their language. */
export async function GET(request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const user = await currentUser()
  if (user === null) return new Response(null, { status: 401 })
  const { file } = await params
  const question = questionOf(request)
  if (question === null || (file !== 'fills.csv' && file !== 'round-trips.csv'))
    return new Response(null, { status: 404 })
  const t = await getTranslations('statistics')
  const { brokerId, from, to } = question
  const filter = { userId: user.id, timeZone: user.timeZone, brokerId, from, to }
  const words = {
    locale: user.locale,
    word: (kind: 'side' | 'source', value: string) => t(`${kind}.${value}` as 'side.BUY'),
  }
  const lines =
    file === 'fills.csv'
      ? fillLines(filter, { ...words, headings: FILL_COLUMNS.map((column) => t(`csv.${column}`)) })
      : tripLines(filter, { ...words, headings: TRIP_COLUMNS.map((column) => t(`csv.${column}`)) })
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await lines.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      } catch (error) {
        // The headers have gone out: a broken transfer is all that can still be said.
        log.error({ error }, 'export failed')
        controller.error(error)
      }
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
  const name = `aristobot-${file.replace('.csv', '')}${from === null ? '' : `-${from}`}${to === null ? '' : `-${to}`}.csv`
  return new Response(body, {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
    },
  })
}
