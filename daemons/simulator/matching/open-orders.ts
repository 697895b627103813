import type { OrderSide } from '@/lib/domain/order/order'
import type { Account } from './account'
import type { Order, OrderList } from './order'
import { isConditional, isOpen } from './order'

interface Bounds {
  /** Nothing happens while the price stays strictly between these two. */
  low: number
  high: number
}

interface ListEntry {
  list: OrderList
  members: Order[]
}

/** All open orders of the exchange, by pair, and the order lists still running. */
export class OpenOrders {
  private readonly bySymbol = new Map<string, Map<number, Order>>()
  private readonly lists = new Map<number, ListEntry>()
  private readonly bounds = new Map<string, Bounds>()
  /** Those with an end of life. */
  private readonly limited = new Map<number, Order>()

  add(order: Order): void {
    let orders = this.bySymbol.get(order.symbol)
    if (orders === undefined) this.bySymbol.set(order.symbol, (orders = new Map<number, Order>()))
    orders.set(order.id, order)
    if (typeof order.expiresAt === 'number') this.limited.set(order.id, order)
    if (order.listId !== null) this.lists.get(order.listId)?.members.push(order)
    this.bounds.delete(order.symbol)
  }

  remove(order: Order): void {
    this.bySymbol.get(order.symbol)?.delete(order.id)
    this.limited.delete(order.id)
    this.bounds.delete(order.symbol)
  }

  /** To be called when a trigger fired: its limit counts from now on. */
  touch(order: Order): void {
    this.bounds.delete(order.symbol)
  }

  addList(list: OrderList): void {
    this.lists.set(list.id, { list, members: [] })
  }

  listOf(id: number): OrderList | undefined {
    return this.lists.get(id)?.list
  }

  openLists(accountId: number): OrderList[] {
    return [...this.lists.values()].map((entry) => entry.list).filter((list) => list.accountId === accountId)
  }

  /** The order and, for one of a pair, the other one. */
  membersOf(order: Order): Order[] {
    return order.isPaired ? this.listMembersOf(order).filter((member) => member.isPaired) : [order]
  }

  /** All orders of the order's list, the order alone when it is in none. */
  listMembersOf(order: Order): Order[] {
    const members = order.listId === null ? undefined : this.lists.get(order.listId)?.members
    return members === undefined ? [order] : [...members]
  }

  /** Closes the list of `order` when none of its orders is open; null when there is nothing to close. */
  endList(order: Order): { list: OrderList; members: Order[] } | null {
    const entry = order.listId === null ? undefined : this.lists.get(order.listId)
    if (entry === undefined || entry.members.some(isOpen)) return null
    this.lists.delete(entry.list.id)
    entry.list.isDone = true
    return { list: entry.list, members: entry.members }
  }

  working(symbol: string, side: OrderSide): Order[] {
    return this.all(symbol).filter((order) => order.side === side && order.isWorking)
  }

  /** Triggers that have not fired, oldest first. */
  waiting(symbol: string): Order[] {
    return this.all(symbol).filter((order) => !order.isWorking && !order.isPending)
  }

  /** Orders whose life ends at `time` or before. */
  expiring(time: number): Order[] {
    return [...this.limited.values()].filter((order) => (order.expiresAt ?? Infinity) <= time)
  }

  all(symbol: string): Order[] {
    const orders = this.bySymbol.get(symbol)
    return orders === undefined ? [] : [...orders.values()]
  }

  countOf(account: Account, symbol: string): { all: number; algo: number } {
    let all = 0
    let algo = 0
    for (const order of account.openOrders.values()) {
      if (order.symbol !== symbol) continue
      all += 1
      if (isConditional(order.type) && !order.isWorking) algo += 1
    }
    return { all, algo }
  }

  /**
   * Can a print at `price` concern any open order of the pair? A quick test in floating point with a margin, so that a
   * fast market without orders near it costs nothing; the exact decision is the engine's.
   */
  mayConcern(symbol: string, price: number): boolean {
    const orders = this.bySymbol.get(symbol)
    if (orders === undefined || orders.size === 0) return false
    let bounds = this.bounds.get(symbol)
    if (bounds === undefined) this.bounds.set(symbol, (bounds = boundsOf(orders.values())))
    return price <= bounds.low || price >= bounds.high
  }
}

const MARGIN = 1e-9

function boundsOf(orders: Iterable<Order>): Bounds {
  let low = 0
  let high = Infinity
  for (const order of orders) {
    if (order.isPending) continue
    if (order.trailingDelta !== null && !order.isWorking) return { low: Infinity, high: 0 }
    const level = (order.isWorking ? order.limitPrice : order.stopPrice)?.toNumber()
    if (level === undefined) continue
    const isStop = order.type === 'STOP_MARKET' || order.type === 'STOP_LIMIT'
    const isAbove = order.isWorking ? order.side === 'SELL' : isStop === (order.side === 'BUY')
    if (isAbove) high = Math.min(high, level * (1 - MARGIN))
    else low = Math.max(low, level * (1 + MARGIN))
  }
  return { low, high }
}
