import { z } from 'zod'

const count = z.number().int().min(0)

/** Faults that tests switch on with `PUT /_control/faults`; what is absent is off. */
export const faultSchema = z.strictObject({
  /** Only requests whose `METHOD /path` (or WebSocket method) contains this text; all when absent. */
  path: z.string().optional(),
  /** Wait before a request is handled. */
  latencyMs: z.number().min(0).optional(),
  /** Executes and then cuts the connection without an answer: below 1 a probability, else how many times. */
  dropAnswerAfterExecution: z.number().min(0).optional(),
  httpStatus: z
    .strictObject({
      status: z.number().int().min(400).max(599),
      count: count.default(1),
      afterExecution: z.boolean().default(false),
    })
    .optional(),
  /** How many answers to replace by text that is not JSON. */
  garbage: count.optional(),
  rateLimit: z
    .strictObject({
      status: z.union([z.literal(429), z.literal(418)]),
      retryAfterSeconds: z.number().min(0).default(1),
      count: count.default(1),
    })
    .optional(),
  /** Cuts every WebSocket now. */
  disconnectStreams: z.boolean().optional(),
  /** Error of the exchange's clock; positive runs ahead. */
  clockSkewMs: z.number().optional(),
  /** Share of an order that one match fills at most. */
  partialFills: z.number().gt(0).max(1).optional(),
  duplicateStreamMessages: z.boolean().optional(),
  reorderStreamMessages: z.boolean().optional(),
  /** Share of the stream messages that never arrive. */
  loseStreamMessages: z.number().min(0).max(1).optional(),
  stallStreams: z.boolean().optional(),
})

export type FaultSettings = z.infer<typeof faultSchema>

/** What happens to one request. */
export type RequestFault =
  | { kind: 'NONE' }
  | { kind: 'DROP' }
  | { kind: 'GARBAGE' }
  | { kind: 'STATUS'; status: number; afterExecution: boolean }
  | { kind: 'RATE_LIMIT'; status: 429 | 418; retryAfterSeconds: number }

/** The faults now switched on. Counted ones run out. */
export class Faults {
  private settings: FaultSettings = {}
  private readonly random: () => number

  constructor(random: () => number) {
    this.random = random
  }

  get current(): FaultSettings {
    return this.settings
  }

  replace(settings: FaultSettings): void {
    this.settings = structuredClone(settings)
  }

  /** Whether the stream message at hand gets lost. */
  losesMessage(): boolean {
    const share = this.settings.loseStreamMessages ?? 0
    return share > 0 && this.random() < share
  }

  /** Waiting time of a request before it is handled, ms. */
  latencyOf(request: string): number {
    return this.concerns(request) ? (this.settings.latencyMs ?? 0) : 0
  }

  /** Decides the fate of one request and uses up what is counted. */
  next(request: string): RequestFault {
    if (!this.concerns(request)) return { kind: 'NONE' }
    const { rateLimit, httpStatus } = this.settings
    if (rateLimit !== undefined && rateLimit.count > 0) {
      rateLimit.count -= 1
      return { kind: 'RATE_LIMIT', status: rateLimit.status, retryAfterSeconds: rateLimit.retryAfterSeconds }
    }
    if (httpStatus !== undefined && httpStatus.count > 0) {
      httpStatus.count -= 1
      return { kind: 'STATUS', status: httpStatus.status, afterExecution: httpStatus.afterExecution }
    }
    if ((this.settings.garbage ?? 0) > 0) {
      this.settings.garbage = (this.settings.garbage ?? 1) - 1
      return { kind: 'GARBAGE' }
    }
    return this.drops() ? { kind: 'DROP' } : { kind: 'NONE' }
  }

  private drops(): boolean {
    const drop = this.settings.dropAnswerAfterExecution ?? 0
    if (drop <= 0) return false
    if (drop < 1) return this.random() < drop
    this.settings.dropAnswerAfterExecution = drop - 1
    return true
  }

  private concerns(request: string): boolean {
    return this.settings.path === undefined || request.includes(this.settings.path)
  }
}
