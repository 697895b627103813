import { getTranslations } from 'next-intl/server'
import { answerQuery } from '@/lib/auth/guarded'
import { createLogger } from '@/lib/platform/logger'
import { FILL_COLUMNS, fillLines, TRIP_COLUMNS, tripLines } from '@/lib/use-cases/export-ledger'
import { accountsToExport } from '@/lib/use-cases/read-statistics'
import { statisticsQuery } from '@/lib/view/statistics'

const log = createLogger('web')

/** Sends lines as the browser takes them: memory does not grow with the file. */
function streamOf(lines: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
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
}

/**
 * GET /api/statistics/fills.csv and round-trips.csv?broker&from&to: the ledger of all quote assets, with headings in the
 * user's language.
 */
export async function GET(request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  return answerQuery(request, statisticsQuery, async (user, query) => {
    if (file !== 'fills.csv' && file !== 'round-trips.csv') return null
    const t = await getTranslations('statistics')
    const { from, to } = query
    const filter = { brokerIds: await accountsToExport(user.id, query), from, to, timeZone: user.timeZone }
    const words = {
      locale: user.locale,
      word: (kind: 'side' | 'source', value: string) => t(`${kind}.${value}` as 'side.BUY'),
    }
    const lines =
      file === 'fills.csv'
        ? fillLines(filter, { ...words, headings: FILL_COLUMNS.map((column) => t(`csv.${column}`)) })
        : tripLines(filter, { ...words, headings: TRIP_COLUMNS.map((column) => t(`csv.${column}`)) })
    const name = ['aristobot', file.replace('.csv', ''), from, to].filter((part) => part !== undefined).join('-')
    return new Response(streamOf(lines), {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${name}.csv"`,
        'Cache-Control': 'no-store',
      },
    })
  })
}
