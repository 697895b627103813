import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { openInspectedQueues } from '@/lib/bus/inspected-queues'
import { env, queueSettings } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import { QUEUES_PATH } from '@/lib/view/queue-dashboard'

/** Who looks at the queues: the administrator may retry and remove, everyone else may look. */
export interface QueueViewer {
  isAdmin: boolean
  locale: 'fr' | 'en'
}

type Queues = ReturnType<typeof openInspectedQueues>
type Board = (request: Request) => Response | Promise<Response>

const REASON_SHOWN = 200
const YEAR_SECONDS = 365 * 24 * 3600

let queues: Queues | undefined
const boards = new Map<string, Board>()

function openQueues(): Queues {
  queues ??= openInspectedQueues(queueSettings(env()), createLogger('web', env().LOG_LEVEL))
  return queues
}

function makeBoard({ isAdmin, locale }: QueueViewer): Board {
  const serverAdapter = new HonoAdapter(serveStatic).setBasePath(QUEUES_PATH)
  createBullBoard({
    queues: openQueues().map((queue) => new BullMQAdapter(queue, { readOnlyMode: !isAdmin })),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Aristobot',
        boardLogo: { path: '/icon.svg', width: 24, height: 24 },
        favIcon: { default: '/icon.svg', alternative: '/icon.svg' },
        locale: { lng: locale === 'fr' ? 'fr-FR' : 'en-US' },
        miscLinks: [{ text: locale === 'fr' ? 'Retour à Aristobot' : 'Back to Aristobot', url: '/heartbeat' }],
        hideDocsLink: true,
        hideRedisDetails: !isAdmin,
        theme: { dark: { primary: '#00d4ff', 'primary-foreground': '#04121a', ring: '#00d4ff' } },
      },
    },
  })
  const app = new Hono()
  app.route(QUEUES_PATH, serverAdapter.registerPlugin())
  return (request) => app.fetch(request)
}

function boardOf(viewer: QueueViewer): Board {
  const key = `${viewer.isAdmin ? 'administrator' : 'viewer'} ${viewer.locale}`
  const board = boards.get(key) ?? makeBoard(viewer)
  boards.set(key, board)
  return board
}

/** The dashboard's page asks a font service for its typeface: this installation talks to nobody without need. */
const withoutFonts = (html: string): string => html.replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '')

/** Only the administrator sees where in the program a job failed. */
function withoutInternals(json: string): string {
  const parsed: unknown = JSON.parse(json, (key, value: unknown) => {
    if (key === 'stacktrace') return []
    return key === 'failedReason' && typeof value === 'string' ? value.slice(0, REASON_SHOWN) : value
  })
  return JSON.stringify(parsed)
}

/** Answers a request below `/queues`: the page, its files, the queues as JSON, and the administrator's actions. */
export async function showQueues(request: Request, viewer: QueueViewer): Promise<Response> {
  const answer = await boardOf(viewer)(request)
  const headers = new Headers(answer.headers)
  if (new URL(request.url).pathname.startsWith(`${QUEUES_PATH}/static/`)) {
    // Their names carry a hash of their content.
    headers.set('Cache-Control', `private, max-age=${YEAR_SECONDS}, immutable`)
    return new Response(answer.body, { status: answer.status, headers })
  }
  headers.set('Cache-Control', 'no-store')
  const type = headers.get('content-type') ?? ''
  const isPage = type.startsWith('text/html')
  if (!isPage && (viewer.isAdmin || !type.startsWith('application/json')))
    return new Response(answer.body, { status: answer.status, headers })
  const text = await answer.text()
  headers.delete('content-length')
  return new Response(isPage ? withoutFonts(text) : withoutInternals(text), { status: answer.status, headers })
}
