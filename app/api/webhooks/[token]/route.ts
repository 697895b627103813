import { socketAddressOf } from '@/lib/platform/socket-address'
import { receiveWebhook } from '@/lib/use-cases/receive-webhook'

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (reader === undefined) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    await reader.cancel()
  }
}

/** POST /api/webhooks/<token>: the receiver's door in the web application. The token in the path is the credential. */
export async function POST(request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const receivedAt = Date.now()
  const { token } = await params
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(token))
    return Response.json({ status: 'refused', reason: 'not found' }, { status: 404 })
  const { httpStatus, answer, retryAfterSeconds } = await receiveWebhook({
    token,
    socketAddress: socketAddressOf(request.headers),
    forwardedFor: request.headers.get('x-forwarded-for'),
    contentEncoding: request.headers.get('content-encoding'),
    body: chunksOf(request.body),
    receivedAt,
  })
  return Response.json(answer, {
    status: httpStatus,
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': retryAfterSeconds.toFixed() },
  })
}
