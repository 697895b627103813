import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '@/lib/platform/clock'
import { takeWebhook, type WebhookDoor } from '@/lib/use-cases/webhook-door'

const BODY_LIMIT_MS = 5000

const textOf = (header: string | string[] | undefined): string | null =>
  header === undefined ? null : typeof header === 'string' ? header : header.join(',')

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string | number> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

/** POST /webhooks/<token>: takes a body, keeps it, answers. Everything else is 404 or 405. */
export function createReceiver(door: WebhookDoor, clock: Clock): Server {
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
    const result = await takeWebhook(door, {
      token: match[1],
      socketAddress: request.socket.remoteAddress ?? null,
      forwardedFor: textOf(request.headers['x-forwarded-for']),
      contentEncoding: textOf(request.headers['content-encoding']),
      // Left open when the body is too large: the answer goes over the same socket.
      body: request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
      receivedAt: clock(),
    })
    answer(response, result.httpStatus, result.answer, {
      ...(result.httpStatus === 413 ? { connection: 'close' } : {}),
      ...(result.retryAfterSeconds === undefined ? {} : { 'retry-after': result.retryAfterSeconds }),
    })
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      door.desk.log.error({ error }, 'webhook request failed')
      if (!response.headersSent) answer(response, 503, { status: 'refused', reason: 'try again' })
    })
  })
  server.requestTimeout = BODY_LIMIT_MS
  server.headersTimeout = BODY_LIMIT_MS
  return server
}
