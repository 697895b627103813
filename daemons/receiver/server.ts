import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '@/lib/platform/clock'
import { MAX_BODY_BYTES, recordWebhook, type WebhookDesk } from '@/lib/use-cases/record-webhook'

const BODY_LIMIT_MS = 5000

/** The body as text; null when it is too large. Bytes that are not UTF-8 become replacement characters. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answer(response: ServerResponse, status: number, body: unknown, isLast = false): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(isLast ? { connection: 'close' } : {}),
  })
  response.end(text)
}

/** POST /webhooks/<token>: takes a body, keeps it, answers. Everything else is 404 or 405. */
export function createReceiver(desk: WebhookDesk, clock: Clock): Server {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const match = /^\/webhooks\/([A-Za-z0-9_-]{1,128})$/.exec(request.url?.split('?')[0] ?? '')
    if (!match?.[1]) {
      answer(response, 404, { status: 'refused', reason: 'not found' })
      return
    }
    if (request.method !== 'POST') {
      answer(response, 405, { status: 'refused', reason: 'only POST' })
      return
    }
    const receivedAt = clock()
    const body = await bodyOf(request)
    if (body === null) {
      answer(response, 413, { status: 'refused', reason: `a message has at most ${MAX_BODY_BYTES} bytes` }, true)
      return
    }
    const result = await recordWebhook(desk, match[1], body, receivedAt)
    answer(response, result.httpStatus, result.answer)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      desk.log.error({ error }, 'webhook request failed')
      if (!response.headersSent) answer(response, 503, { status: 'refused', reason: 'try again' })
    })
  })
  server.requestTimeout = BODY_LIMIT_MS
  server.headersTimeout = BODY_LIMIT_MS
  return server
}
