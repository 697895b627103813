import { findBroker } from '@/lib/db/broker-repository'
import { findCallUnderWay, insertCall } from '@/lib/db/gateway-call-repository'
import { newId } from '@/lib/platform/ids'
import { readProcesses } from '@/lib/use-cases/read-processes'
import type { LoadAnswer } from '@/lib/view/pairs-loading'

/** Long enough for the largest exchange; afterwards nobody waits any more. */
const DEADLINE_MS = 60_000

/** Asks the gateway to load a broker's pairs anew. Nobody waits here: progress and end go to the user's screens. */
export async function reloadPairs(userId: string, brokerId: string, now: number): Promise<LoadAnswer> {
  const [broker, processes] = await Promise.all([findBroker(brokerId), readProcesses()])
  if (broker?.userId !== userId) return { isAsked: false, reason: 'BROKER_UNKNOWN' }
  if (processes.find(({ name }) => name === 'gateway')?.state === 'down')
    return { isAsked: false, reason: 'GATEWAY_DOWN' }
  // Asked a second time while the first is under way, it is one and the same.
  if (!(await findCallUnderWay(brokerId, 'load_markets', now)))
    await insertCall({ id: newId(), brokerId, kind: 'load_markets', request: {}, deadlineAt: now + DEADLINE_MS }, now)
  return { isAsked: true }
}
