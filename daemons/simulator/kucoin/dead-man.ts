import type { Exchange } from '../exchange'
import { isOpen } from '../matching/order'

interface Switch {
  accountId: number
  timeoutSeconds: number
  /** Pairs of the engine; empty for all. */
  symbols: string[]
  triggerTime: number
}

const TICK_MS = 200

/** Cancels all orders of an account that asked for it and gave no sign of life in time. */
export class DeadMan {
  private readonly exchange: Exchange
  private readonly now: () => number
  private readonly switches = new Map<number, Switch>()
  private readonly timer: NodeJS.Timeout

  constructor(exchange: Exchange, now: () => number) {
    this.exchange = exchange
    this.now = now
    this.timer = setInterval(() => this.tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** Sets the switch of an account; -1 takes it away. */
  set(accountId: number, timeoutSeconds: number, symbols: string[]): Switch | undefined {
    if (timeoutSeconds === -1) {
      this.switches.delete(accountId)
      return undefined
    }
    const set = { accountId, timeoutSeconds, symbols, triggerTime: this.now() + timeoutSeconds * 1000 }
    this.switches.set(accountId, set)
    return set
  }

  of(accountId: number): Switch | undefined {
    return this.switches.get(accountId)
  }

  private tick(): void {
    const now = this.now()
    for (const [accountId, { triggerTime, symbols }] of this.switches) {
      if (now < triggerTime) continue
      this.switches.delete(accountId)
      const account = this.exchange.engine.accounts.get(accountId)
      for (const order of [...(account?.openOrders.values() ?? [])])
        if (account !== undefined && isOpen(order) && (symbols.length === 0 || symbols.includes(order.symbol)))
          this.exchange.cancel(account, order, '', now)
    }
  }
}
