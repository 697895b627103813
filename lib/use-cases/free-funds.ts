import type { Balance } from '@/lib/domain/account/balance'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'

/** Asks for an account's funds. Never answers what was asked before the caller came. */
export type FundsReader = (brokerId: string) => Promise<Balance[]>

interface Asking {
  running: Promise<Balance[]>
  /** Asked as soon as the running question is answered, shared by everybody who came meanwhile. */
  next: Promise<Balance[]> | undefined
}

/** A burst of askers shares questions: one under way, and one for all who came after it was sent. */
export function createFundsReader(gateway: GatewayCaller): FundsReader {
  const asking = new Map<string, Asking>()

  function ask(brokerId: string): Promise<Balance[]> {
    const running = gateway.call(brokerId, 'get_balance', {})
    const entry: Asking = { running, next: undefined }
    asking.set(brokerId, entry)
    const over = (): void => {
      if (asking.get(brokerId) === entry && entry.next === undefined) asking.delete(brokerId)
    }
    running.then(over, over)
    return running
  }

  return (brokerId) => {
    const entry = asking.get(brokerId)
    if (entry === undefined) return ask(brokerId)
    entry.next ??= entry.running.then(
      () => ask(brokerId),
      () => ask(brokerId),
    )
    return entry.next
  }
}
