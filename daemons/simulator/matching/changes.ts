import type { Amount } from '@/lib/domain/money/decimal'
import type { Execution, Order, OrderList } from './order'
import type { RejectionReason } from './rejection'

export interface BalanceChange {
  accountId: number
  asset: string
  free: Amount
  locked: Amount
}

export type ExecutionKind = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'REPLACED' | 'REJECTED'

/** What an account is told, in the order in which it happened. Orders are snapshots. */
export type Report =
  | {
      kind: 'ORDER'
      execution: ExecutionKind
      order: Order
      fill: Execution | null
      /** For CANCELED the client id of the cancel command, for REPLACED the order's client id before it. */
      otherId: string | null
      /** For REJECTED. */
      reason: RejectionReason | null
    }
  | { kind: 'LIST'; list: OrderList; members: Order[] }
  | { kind: 'DEPOSIT'; accountId: number; asset: string; amount: Amount; time: number }

/** Everything that one command changed: what the store writes in one transaction and the streams announce. */
export interface Changes {
  reports: Report[]
  orders: Order[]
  lists: OrderList[]
  executions: Execution[]
  balances: BalanceChange[]
}

/** Collects the changes of the command under way. */
export class ChangeLog {
  private reports: Report[] = []
  private orders = new Set<Order>()
  private lists = new Set<OrderList>()
  private executions: Execution[] = []

  order(
    order: Order,
    execution: ExecutionKind,
    fill: Execution | null = null,
    otherId: string | null = null,
    reason: RejectionReason | null = null,
  ): void {
    this.orders.add(order)
    if (fill !== null) this.executions.push(fill)
    this.reports.push({ kind: 'ORDER', execution, order: { ...order }, fill, otherId, reason })
  }

  list(list: OrderList, members: Order[]): void {
    this.lists.add(list)
    this.reports.push({ kind: 'LIST', list: { ...list }, members: members.map((order) => ({ ...order })) })
  }

  /** A change that is stored but not announced (a trailing trigger that moved). */
  silent(order: Order): void {
    this.orders.add(order)
  }

  deposit(accountId: number, asset: string, amount: Amount, time: number): void {
    this.reports.push({ kind: 'DEPOSIT', accountId, asset, amount, time })
  }

  take(balances: BalanceChange[]): Changes {
    const changes = {
      reports: this.reports,
      orders: [...this.orders],
      lists: [...this.lists],
      executions: this.executions,
      balances,
    }
    this.reports = []
    this.orders = new Set()
    this.lists = new Set()
    this.executions = []
    return changes
  }
}
