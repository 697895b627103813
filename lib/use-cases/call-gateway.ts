import type { Bus } from '@/lib/bus/bus'
import { findCall, type GatewayCallRow, insertCall } from '@/lib/db/gateway-call-repository'
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
// The answer is looked up on its own as well: an announcement may be lost.
const FIRST_LOOK_MS = 40
const LONGEST_PAUSE_MS = 500

/** Troubles that pass: the same question may be answered a moment later. */
const PASSING = new Set<ErrorCode>(['RATE_LIMITED', 'CLOCK_SKEW', 'EXCHANGE_UNAVAILABLE', 'UNKNOWN_OUTCOME'])

function read<K extends CallKind>(row: GatewayCallRow, kind: K): CallAnswer<K> {
  if (row.status === 'DONE') return CALLS[kind].answer.parse(row.answer) as CallAnswer<K>
  const code = ERROR_CODES.find((known) => known === row.errorCode) ?? 'BAD_REQUEST'
  throw new TradingError(code, row.error ?? 'the gateway gave no reason', {
    outcome: 'REFUSED',
    isRetryable: PASSING.has(code),
  })
}

/** A caller for one process: it hears the announcements of answers on the bus. */
export function createGatewayCaller(bus: Bus, clock: Clock): GatewayCaller {
  const waiting = new Map<string, () => void>()
  bus.subscribe('exchange_responses', ({ callId }) => waiting.get(callId)?.())

  /** Listens for the announcement of an answer from now on; `next` resolves at it, or after `ms`. */
  function listen(id: string): { next(ms: number): Promise<void> } {
    let isHeard = false
    let wake = (): void => undefined
    waiting.set(id, () => {
      isHeard = true
      wake()
    })
    return {
      next: (ms) =>
        new Promise((resolve) => {
          if (isHeard) {
            resolve()
            return
          }
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        }),
    }
  }

  return {
    async call(brokerId, kind, request, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const id = newId()
      const deadlineAt = clock() + timeoutMs
      await insertCall({ id, brokerId, kind, request: CALLS[kind].request.parse(request), deadlineAt }, clock())
      const announcement = listen(id)
      try {
        // The row waits for the gateway's sweeper when the queue is away.
        await bus.publish('call.run', { callId: id }, { jobId: id }).catch(() => undefined)
        let pause = FIRST_LOOK_MS
        while (clock() < deadlineAt) {
          await announcement.next(Math.min(pause, Math.max(1, deadlineAt - clock())))
          const row = await findCall(id)
          if (row?.status === 'DONE' || row?.status === 'FAILED') return read(row, kind)
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
        }
        throw new TradingError('UNKNOWN_OUTCOME', `the gateway did not answer ${kind} in ${timeoutMs} ms`, {
          outcome: 'UNKNOWN',
          isRetryable: true,
        })
      } finally {
        waiting.delete(id)
      }
    },
  }
}
