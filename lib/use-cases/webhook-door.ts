import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { queueFloodAlert } from '@/lib/db/alert-outbox-repository'
import { pgPool } from '@/lib/db/pool'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Env } from '@/lib/platform/env'
import { recordWebhook, type WebhookAnswer, type WebhookDesk } from '@/lib/use-cases/record-webhook'
import { createWebhookThrottle, type WebhookThrottle } from '@/lib/use-cases/webhook-throttle'

// The door of webhooks (SPEC SEC-4), the same for the receiver and for the web application: who may knock, how often, and
// how much may be brought in.

/** A flood is told of so often at most. */
const FLOOD_TOLD_EVERY_MS = 10 * 60_000
export const MAX_BODY_BYTES = 64 * 1024

export interface WebhookDoor {
  desk: WebhookDesk
  throttle: WebhookThrottle
  /** Null: everybody with a token. */
  allowed: ReadonlySet<string> | null
  trustedProxies: ReadonlySet<string>
}

/** A request as the door sees it. */
export interface WebhookRequest {
  token: string
  /** The address of the socket's other end; null where it is not known. */
  socketAddress: string | null
  forwardedFor: string | null
  contentEncoding: string | null
  body: AsyncIterable<Uint8Array>
  receivedAt: EpochMs
}

type DoorSettings = Pick<
  Env,
  'WEBHOOK_BURST' | 'WEBHOOK_PER_MINUTE' | 'WEBHOOK_ALLOWED_ADDRESSES' | 'WEBHOOK_TRUSTED_PROXIES'
>

/** A door with its own count of what came in; each process keeps one. */
export const createWebhookDoor = (desk: WebhookDesk, settings: DoorSettings): WebhookDoor => ({
  desk,
  throttle: createWebhookThrottle(settings.WEBHOOK_BURST, settings.WEBHOOK_PER_MINUTE),
  allowed: settings.WEBHOOK_ALLOWED_ADDRESSES === null ? null : new Set(settings.WEBHOOK_ALLOWED_ADDRESSES),
  trustedProxies: new Set(settings.WEBHOOK_TRUSTED_PROXIES),
})

/** IPv4 as IPv4, also where the socket speaks IPv6. */
const plainAddress = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '')

/**
 * Who sent the request: the socket's other end or, when that is a proxy of ours, the last address of X-Forwarded-For that
 * is none of ours: each proxy appends the one it was called by, and what stands before was written by the client itself.
 */
function senderAddress(
  socketAddress: string | null,
  forwardedFor: string | null,
  trustedProxies: ReadonlySet<string>,
): string | null {
  if (socketAddress === null) return null
  const socket = plainAddress(socketAddress)
  if (!trustedProxies.has(socket)) return socket
  const hops = (forwardedFor ?? '').split(',').map(plainAddress)
  const sender = hops.findLast((hop) => hop !== '' && !trustedProxies.has(hop))
  if (sender === undefined) return socket
  return isIP(sender) === 0 ? null : sender
}

const refused = (httpStatus: WebhookAnswer['httpStatus'], reason: string): WebhookAnswer => ({
  httpStatus,
  answer: { status: 'refused', reason },
})

/** The bytes as they came; null when there are too many: then nothing more of them is kept. */
async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const unpack = promisify(gunzip)
const TOO_LARGE = refused(413, `a message has at most ${MAX_BODY_BYTES} bytes`)

type Unpacked = { body: string; problem?: string } | { answer: WebhookAnswer }

/**
 * The text of a body. Its content type is not looked at: TradingView sends whatever fits the first character. Packed bytes
 * are known by how they begin, also where the header is missing. Bytes that are not UTF-8 become replacement characters.
 */
async function textOf(bytes: Buffer, contentEncoding: string | null): Promise<Unpacked> {
  const encoding = (contentEncoding ?? '').trim().toLowerCase()
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isPacked) {
    const isUnderstood = ['', 'identity', 'gzip', 'x-gzip'].includes(encoding)
    const body = bytes.toString('utf8')
    return isUnderstood
      ? { body }
      : { body, problem: `The message is packed as ${encoding.slice(0, 40)}, only gzip is understood.` }
  }
  try {
    return { body: (await unpack(bytes, { maxOutputLength: MAX_BODY_BYTES })).toString('utf8') }
  } catch (error) {
    if (error instanceof RangeError) return { answer: TOO_LARGE }
    return {
      body: `gzip, base64: ${bytes.toString('base64')}`,
      problem: 'The message is damaged: it cannot be unpacked.',
    }
  }
}

/**
 * Lets a webhook in, or says why not: 403 from a stranger's address, 401 without a token, 413 when it is too large, 429 in a
 * flood. What was let in is kept before the answer (see recordWebhook); what was refused leaves nothing behind.
 */
export async function takeWebhook(door: WebhookDoor, request: WebhookRequest): Promise<WebhookAnswer> {
  const { desk } = door
  // Read first, so that a sender that is still writing hears the answer.
  const bytes = await bytesOf(request.body)
  // The rest of it stays unread: this answer alone ends the connection.
  if (bytes === null) return TOO_LARGE
  if (door.allowed !== null) {
    const sender = senderAddress(request.socketAddress, request.forwardedFor, door.trustedProxies)
    if (sender === null || !door.allowed.has(sender)) {
      desk.log.warn({ sender }, 'webhook from an address that is not allowed')
      return refused(403, 'this address may not send webhooks')
    }
  }
  const userId = await desk.tokens.userOf(request.token)
  if (userId === null) return refused(401, 'unknown token')
  const { waitMs, isFirst } = door.throttle.take(request.token, request.receivedAt)
  if (waitMs > 0) {
    if (isFirst) {
      desk.log.warn({ userId }, 'webhooks come faster than they are taken: some are refused')
      // Nobody waits for it: a refusal costs its sender no look at the database.
      void queueFloodAlert(pgPool(), userId, request.receivedAt, FLOOD_TOLD_EVERY_MS).catch(() => undefined)
    }
    return { ...refused(429, 'too many messages'), retryAfterSeconds: Math.ceil(waitMs / 1000) }
  }
  const unpacked = await textOf(bytes, request.contentEncoding)
  if ('answer' in unpacked) return unpacked.answer
  return recordWebhook(desk, userId, unpacked, request.receivedAt)
}
