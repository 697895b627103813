import type { BrokenCode } from '@/lib/domain/alert/alert'
import { request } from 'undici'
import { z } from 'zod'
import type { ChannelAddress } from '@/lib/notify/address'

/** Base addresses of the services. */
export interface Services {
  discord: string
  telegram: string
}

/** What became of a message. */
export type Delivery =
  | { outcome: 'DELIVERED' }
  /** Too many messages: it was not taken, and will not be before so long. */
  | { outcome: 'WAIT'; waitMs: number }
  /** Trouble that passes. `isInDoubt`: nobody knows whether it was taken. */
  | { outcome: 'AGAIN'; reason: string; isInDoubt: boolean }
  /** The group has become another chat: to be sent there. */
  | { outcome: 'MOVED'; chatId: string }
  /** Refused for good. */
  | { outcome: 'BROKEN'; code: BrokenCode; reason: string }

const TIMEOUT_MS = 10_000
/** Longer answers are not read: they can only be a page of something in between. */
const LONGEST_ANSWER_BYTES = 64 * 1024
/** Where a service asks for a pause without saying how long. */
const UNNAMED_WAIT_MS = 30_000
const LONGEST_WAIT_MS = 24 * 3_600_000

// Discord: https://docs.discord.com/developers/resources/webhook#execute-webhook and /topics/rate-limits: seconds, with
// fractions, in `retry_after`. Telegram: https://core.telegram.org/bots/api#responseparameters: whole seconds.
const answerSchema = z.object({
  ok: z.boolean().optional(),
  message: z.string().optional(),
  description: z.string().optional(),
  retry_after: z.number().nonnegative().optional(),
  parameters: z
    .object({ retry_after: z.number().nonnegative().optional(), migrate_to_chat_id: z.number().int().optional() })
    .optional(),
})
type Answer = z.infer<typeof answerSchema>

function requestFor(address: ChannelAddress, text: string, services: Services): { url: string; body: unknown } {
  if (address.service === 'DISCORD') {
    const { id, token, threadId } = address
    const query = new URLSearchParams({ wait: 'true', ...(threadId === undefined ? {} : { thread_id: threadId }) })
    return {
      url: `${services.discord}/api/v10/webhooks/${id}/${token}?${query.toString()}`,
      // No name in an alert may call people together, and 4 keeps links without a preview.
      body: { content: text, allowed_mentions: { parse: [] }, flags: 4 },
    }
  }
  return {
    url: `${services.telegram}/bot${address.token}/sendMessage`,
    body: { chat_id: address.chatId, text, link_preview_options: { is_disabled: true } },
  }
}

const BROKEN: Record<number, BrokenCode> = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND' }

/** How long to wait, from the answer's body or its header; both are seconds. */
function waitOf(answer: Answer, header: string | string[] | undefined): number {
  const named =
    answer.retry_after ?? answer.parameters?.retry_after ?? Number(Array.isArray(header) ? header[0] : header)
  if (!Number.isFinite(named) || named < 0) return UNNAMED_WAIT_MS
  return Math.min(Math.ceil(named * 1000), LONGEST_WAIT_MS)
}

function verdict(status: number, answer: Answer, retryAfter: string | string[] | undefined): Delivery {
  const said = (answer.description ?? answer.message ?? '').slice(0, 300)
  const reason = said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`
  if (status >= 200 && status < 300 && answer.ok !== false) return { outcome: 'DELIVERED' }
  if (status === 429) return { outcome: 'WAIT', waitMs: waitOf(answer, retryAfter) }
  const movedTo = answer.parameters?.migrate_to_chat_id
  if (movedTo !== undefined) return { outcome: 'MOVED', chatId: String(movedTo) }
  // What stands in front of the service has no answer of it: it may have been taken.
  if (status >= 500) return { outcome: 'AGAIN', reason, isInDoubt: true }
  if (status === 408 || status < 300) return { outcome: 'AGAIN', reason, isInDoubt: false }
  return { outcome: 'BROKEN', code: BROKEN[status] ?? 'REFUSED', reason }
}

/** Failures before anything was written: nothing can have arrived. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function failureOf(error: unknown): Delivery {
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''
  const isLate = error instanceof Error && error.name === 'TimeoutError'
  // Never the error's own text: it may hold the address, and with it the token.
  return {
    outcome: 'AGAIN',
    reason: isLate ? 'no answer in time' : code || 'no answer',
    isInDoubt: !NOT_SENT.has(code),
  }
}

/** Sends a text once, and says what became of it. Follows nobody elsewhere. Never throws, and names no secret. */
export async function deliver(address: ChannelAddress, text: string, services: Services): Promise<Delivery> {
  const { url, body } = requestFor(address, text, services)
  try {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Aristobot (self-hosted, 1)' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    let bytes = Buffer.alloc(0)
    for await (const chunk of answer) {
      bytes = Buffer.concat([bytes, chunk as Uint8Array])
      if (bytes.length > LONGEST_ANSWER_BYTES) break
    }
    return verdict(statusCode, readAnswer(bytes.toString('utf8')), headers['retry-after'])
  } catch (error) {
    return failureOf(error)
  }
}

/** The answer's own fields; a page of something in between has none. */
function readAnswer(text: string): Answer {
  try {
    return answerSchema.catch({}).parse(JSON.parse(text))
  } catch {
    return {}
  }
}
