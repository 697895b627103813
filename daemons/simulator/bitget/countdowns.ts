import type { Clock } from '@/lib/platform/clock'
import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'

/** Dead-man's switches: everything open of an account is canceled unless it is heard of in time. */
export class Countdowns {
  private readonly exchange: Exchange
  private readonly clock: Clock
  private readonly newId: () => string
  private readonly timers = new Map<Account, NodeJS.Timeout>()

  constructor(exchange: Exchange, clock: Clock, newId: () => string) {
    this.exchange = exchange
    this.clock = clock
    this.newId = newId
  }

  /** Starts anew with so many seconds; zero switches it off. */
  set(account: Account, seconds: number): void {
    clearTimeout(this.timers.get(account))
    this.timers.delete(account)
    if (seconds === 0) return
    const timer = setTimeout(() => {
      this.timers.delete(account)
      for (const order of account.openOrders.values()) this.exchange.cancel(account, order, this.newId(), this.clock())
    }, seconds * 1000)
    this.timers.set(account, timer)
  }

  stop(): void {
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.timers.clear()
  }
}
