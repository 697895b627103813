import { sleep } from '@/lib/platform/clock'
import type { RestAnswer } from '../paper-protocol'
import type { Faults, RequestFault } from './faults'

/** The exchange's own words for a rate limit that a test asked for. */
export type LimitedAnswer = (status: 429 | 418, retryAfterSeconds: number) => RestAnswer

/** What a switched-on fault answers instead of the exchange; undefined when the request goes through. */
function answerOf(fault: RequestFault, limited: LimitedAnswer): RestAnswer | undefined {
  switch (fault.kind) {
    case 'GARBAGE':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>502 Bad Gateway {"orderId":' }
    case 'STATUS':
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html' },
        body: `<html><body>${fault.status}</body></html>`,
      }
    case 'RATE_LIMIT':
      return limited(fault.status, fault.retryAfterSeconds)
    case 'NONE':
    case 'DROP':
      return undefined
  }
}

const isBefore = (fault: RequestFault): boolean =>
  fault.kind === 'RATE_LIMIT' || (fault.kind === 'STATUS' && !fault.afterExecution)

/**
 * Answers one REST call, `METHOD /path`, through the faults now switched on: late, not at all, or with something else than
 * what `execute` answers. Null for a connection to cut.
 */
export async function answerThroughFaults(
  faults: Faults,
  name: string,
  limited: LimitedAnswer,
  execute: () => Promise<RestAnswer>,
): Promise<RestAnswer | null> {
  const latency = faults.latencyOf(name)
  if (latency > 0) await sleep(latency)
  const fault = faults.next(name)
  const instead = answerOf(fault, limited)
  if (instead !== undefined && isBefore(fault)) return instead
  const answer = await execute()
  return fault.kind === 'DROP' ? null : (instead ?? answer)
}
