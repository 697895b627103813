import { z } from 'zod'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'

// Every message of the house, declared once. Parsed when sent and when received.

const epochMs = z.number().int().nonnegative()
const decimalText = z.string().regex(/^\d+(\.\d+)?$/)
const uuid = z.uuid()
const clientOrderId = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/)
/** Follows a webhook or signal through every process to its fills. */
const correlationId = z.string().max(80).optional()

/** A bar has ended: the time signal of the heartbeat. */
const candleClosed = z.object({
  signalId: z.string().regex(/^\d+[mh]_\d+$/),
  symbol: z.string(),
  timeframe: z.enum(TIMEFRAMES),
  openTime: epochMs,
  closeTime: epochMs,
  publishedAt: epochMs,
  source: z.enum(['PRIMARY', 'SECONDARY']),
  isLate: z.boolean(),
  open: decimalText,
  high: decimalText,
  low: decimalText,
  close: decimalText,
  volume: decimalText,
})
export type CandleClosed = z.infer<typeof candleClosed>

/** Every 10 s, and with `isMinute` once a minute carrying the exchange's time. */
const clockTick = z.object({ exchangeTime: epochMs, publishedAt: epochMs, isMinute: z.boolean() })

const order = z.object({ clientOrderId, correlationId })
const call = z.object({ callId: uuid, correlationId })

/** Which queue a job travels on: a queue bears its consumer's concern. Ticks and signals have one queue per consumer. */
export const JOBS = {
  'candle.closed': { queues: ['heartbeat-engine'], schema: candleClosed, attempts: 3 },
  'clock.tick': { queues: ['heartbeat-engine', 'heartbeat-tracker'], schema: clockTick, attempts: 1 },
  'webhook.received': {
    queues: ['webhook_raw'],
    schema: z.object({ webhookId: z.string().regex(/^\d+$/), correlationId }),
    attempts: 5,
  },
  'position.changed': { queues: ['positions'], schema: z.object({ positionId: uuid, correlationId }), attempts: 5 },
  // Sending is never repeated by the queue: reconciliation is the retry.
  'order.submit': { queues: ['exchange_requests'], schema: order, attempts: 1 },
  'order-group.submit': {
    queues: ['exchange_requests'],
    schema: z.object({ groupId: clientOrderId, correlationId }),
    attempts: 1,
  },
  'order.change': { queues: ['exchange_requests'], schema: order, attempts: 1 },
  'order.cancel': { queues: ['exchange_requests'], schema: order, attempts: 1 },
  'call.run': { queues: ['exchange_requests'], schema: call, attempts: 1 },
  'candles.download': {
    queues: ['backtest'],
    schema: z.object({ brokerId: uuid, symbol: z.string(), timeframe: z.enum(TIMEFRAMES), correlationId }),
    attempts: 3,
  },
} as const satisfies Record<string, { queues: readonly string[]; schema: z.ZodType; attempts: number }>

export type JobName = keyof typeof JOBS
export type JobPayload<J extends JobName> = z.infer<(typeof JOBS)[J]['schema']>
export type QueueName = (typeof JOBS)[JobName]['queues'][number]
export const QUEUE_NAMES = [...new Set(Object.values(JOBS).flatMap((job) => [...job.queues]))] as QueueName[]

/** Announcements: heard by whoever listens now, kept by nobody. Nothing depends on their arrival. */
export const TOPICS = {
  /** Live updates for browsers: of one user, or of everyone when `userId` is null. */
  websockets: z.object({ userId: uuid.nullable(), event: z.string(), payload: z.json() }),
  /** Raw market messages, for display only, in batches. */
  stream_brut: z.object({
    messages: z.array(z.object({ symbol: z.string(), receivedAt: epochMs, text: z.string() })).max(500),
  }),
} as const satisfies Record<string, z.ZodType>

export type TopicName = keyof typeof TOPICS
export type TopicPayload<T extends TopicName> = z.infer<(typeof TOPICS)[T]>
