import type { Bus } from '@/lib/bus/bus'
import { z } from 'zod'
import { type CallResult, findCall, insertCall } from '@/lib/db/gateway-call-repository'
import { listenForWakes, type WakeListener } from '@/lib/db/wake'
import { ERROR_CODES, type ErrorCode, TradingError } from '@/lib/domain/errors/trading-error'
import { CALLS, type CallAnswer, type CallKind, type CallRequest } from '@/lib/use-cases/gateway-calls'
import type { Clock } from '@/lib/platform/clock'
import { newId } from '@/lib/platform/ids'

export interface GatewayCaller {
  /**
   * Asks the gateway something about a broker and waits for the stored answer until the deadline. Throws a TradingError:
   * what the exchange said, or UNKNOWN_OUTCOME when the deadline passes: late is never taken for failed.
   */
  call<K extends CallKind>(
    brokerId: string,
    kind: K,
    request: CallRequest<K>,
    timeoutMs?: number,
  ): Promise<CallAnswer<K>>
}

const DEFAULT_TIMEOUT_MS = 10_000
// The answer is looked up on its own as well: what is told may be lost.
const FIRST_LOOK_MS = 100
const LONGEST_PAUSE_MS = 500

/** Troubles that pass: the same question may be answered a moment later. */
const PASSING = new Set<ErrorCode>(['RATE_LIMITED', 'CLOCK_SKEW', 'EXCHANGE_UNAVAILABLE', 'UNKNOWN_OUTCOME'])

function read<K extends CallKind>(row: CallResult, kind: K): CallAnswer<K> {
  if (row.status === 'DONE') return CALLS[kind].answer.parse(row.answer) as CallAnswer<K>
  const code = ERROR_CODES.find((known) => known === row.errorCode) ?? 'BAD_REQUEST'
  throw new TradingError(code, row.error ?? 'the gateway gave no reason', {
    outcome: 'REFUSED',
    isRetryable: PASSING.has(code),
  })
}

const told = z.object({
  id: z.uuid(),
  result: z
    .object({
      status: z.enum(['DONE', 'FAILED']),
      answer: z.unknown(),
      errorCode: z.string().nullable(),
      error: z.string().nullable(),
    })
    .optional(),
})

/** Who waits for which answer, and what has been told of it. */
class Answers {
  readonly #waiting = new Map<string, (result: CallResult | undefined) => void>()
  #wakes: WakeListener | undefined

  /** Hears of answers from the first call on. */
  listen(): void {
    this.#wakes ??= listenForWakes(
      {
        exchange_responses: (text) => {
          const { id, result } = told.parse(JSON.parse(text))
          this.#waiting.get(id)?.(result && { ...result, answer: result.answer ?? null })
        },
      },
      () => undefined,
    )
  }

  async close(): Promise<void> {
    await this.#wakes?.close()
    this.#wakes = undefined
  }

  /** Notes from now on what is told of a call. `next` resolves with the answer, or with nothing when it has to be looked up. */
  expect(id: string): { next(ms: number): Promise<CallResult | undefined> } {
    let heard: { result: CallResult | undefined } | undefined
    let wake = (): void => undefined
    this.#waiting.set(id, (result) => {
      heard = { result }
      wake()
    })
    return {
      next: (ms) =>
        new Promise((resolve) => {
          const finish = (): void => {
            clearTimeout(timer)
            const result = heard?.result
            heard = undefined
            resolve(result)
          }
          const timer = setTimeout(finish, ms)
          wake = finish
          if (heard !== undefined) finish()
        }),
    }
  }

  forget(id: string): void {
    this.#waiting.delete(id)
  }
}

/** A caller for one process: it hears of answers from the database. */
export function createGatewayCaller(bus: Bus, clock: Clock): GatewayCaller & { close(): Promise<void> } {
  const answers = new Answers()
  return {
    close: () => answers.close(),

    async call(brokerId, kind, request, timeoutMs = DEFAULT_TIMEOUT_MS) {
      answers.listen()
      const id = newId()
      const deadlineAt = clock() + timeoutMs
      const asked = { id, brokerId, kind, request: CALLS[kind].request.parse(request) }
      const answer = answers.expect(id)
      try {
        // Its commit wakes the gateway.
        await insertCall({ ...asked, deadlineAt }, clock())
        let pause = FIRST_LOOK_MS
        let isQueued = false
        while (clock() < deadlineAt) {
          const heard = await answer.next(Math.min(pause, Math.max(1, deadlineAt - clock())))
          if (heard !== undefined) return read(heard, kind)
          const row = await findCall(id)
          if (row?.status === 'DONE' || row?.status === 'FAILED') return read({ ...row, status: row.status }, kind)
          // Nobody took it: the queue tries, and after that the gateway's sweeper.
          if (row?.status === 'QUEUED' && !isQueued) {
            isQueued = true
            await bus.publish('call.run', { callId: id }, { jobId: id }).catch(() => undefined)
          }
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
        }
        throw new TradingError('UNKNOWN_OUTCOME', `the gateway did not answer ${kind} in ${timeoutMs} ms`, {
          outcome: 'UNKNOWN',
          isRetryable: true,
        })
      } finally {
        answers.forget(id)
      }
    },
  }
}
