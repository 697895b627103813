import { receiveWebhook } from '@/lib/use-cases/receive-webhook'
import { MAX_BODY_BYTES } from '@/lib/use-cases/record-webhook'

/** The body as text; null when it is too large. Nothing beyond the limit is kept. */
async function bodyOf(request: Request): Promise<string | null> {
  const reader = request.body?.getReader()
  if (reader === undefined) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks).toString('utf8')
    size += value.byteLength
    if (size > MAX_BODY_BYTES) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
}

/** POST /api/webhooks/<token>: the receiver's door in the web application. The token in the path is the credential. */
export async function POST(request: Request, { params }: { params: Promise<{ token: string }> }): Promise<Response> {
  const receivedAt = Date.now()
  const { token } = await params
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(token))
    return Response.json({ status: 'refused', reason: 'not found' }, { status: 404 })
  const body = await bodyOf(request)
  if (body === null)
    return Response.json(
      { status: 'refused', reason: `a message has at most ${MAX_BODY_BYTES} bytes` },
      { status: 413 },
    )
  const { httpStatus, answer } = await receiveWebhook(token, body, receivedAt)
  return Response.json(answer, { status: httpStatus })
}
