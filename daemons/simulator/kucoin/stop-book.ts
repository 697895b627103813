import { EventEmitter } from 'node:events'
import type { Exchange } from '../exchange'
import type { MarketTrade } from '../market/source'
import type { Account } from '../matching/account'
import type { OrderCommand } from '../matching/order'
import { Rejection } from '../matching/rejection'
import type { Condition } from '../store/condition'
import { endOf, unifiedStopIdOf } from './native'

/** What happened to a stop order. `error` tells why a triggered one could not be placed. */
export interface StopEvents {
  stop: [event: { kind: 'open' | 'triggered' | 'cancel'; condition: Condition; error?: string }]
}

export type NewCondition = Omit<
  Condition,
  'id' | 'accountId' | 'status' | 'orderId' | 'createdTime' | 'updatedTime' | 'listId'
>

/**
 * Stop orders and OCO pairs of KuCoin. They wait in a store of their own and hold no funds; when the last price reaches the
 * trigger an order is placed that has an id of its own and the same client id. If the funds do not suffice then, the stop
 * order ends canceled (KuCoin's help center, "Why stop orders are canceled"). The legs of an OCO pair are stop orders too.
 */
export class StopBook extends EventEmitter<StopEvents> {
  private readonly exchange: Exchange
  private readonly now: () => number
  private readonly bySymbol = new Map<string, Set<Condition>>()
  private readonly counters: { id: number; listId: number }

  constructor(exchange: Exchange, now: () => number) {
    super()
    this.setMaxListeners(0)
    this.exchange = exchange
    this.now = now
    this.counters = exchange.store.conditionCounters()
    for (const condition of exchange.store.waitingConditions('kucoin')) this.wait(condition)
    exchange.on('trade', (trade) => this.onTrade(trade))
  }

  /** Takes one stop order, or the two of a pair. */
  add(account: Account, conditions: NewCondition[]): Condition[] {
    const time = this.now()
    if (conditions.length > 1) this.counters.listId += 1
    const listId = conditions.length > 1 ? this.counters.listId : null
    const added = conditions.map((asked): Condition => {
      this.counters.id += 1
      const identity = { id: this.counters.id, accountId: account.record.id, listId }
      return { ...asked, ...identity, status: 'WAITING', orderId: null, createdTime: time, updatedTime: time }
    })
    for (const condition of added) {
      this.wait(condition)
      this.exchange.store.putCondition('kucoin', condition)
      this.emit('stop', { kind: 'open', condition })
    }
    return added
  }

  /** Stop orders of an account that wait, oldest first. */
  waiting(account: Account, symbol?: string): Condition[] {
    const sets = symbol === undefined ? [...this.bySymbol.values()] : [this.bySymbol.get(symbol) ?? []]
    return sets
      .flatMap((set) => [...set])
      .filter((condition) => condition.accountId === account.record.id)
      .sort((a, b) => a.id - b.id)
  }

  /** Cancels those of `conditions` that still wait, with the other legs of their pairs. */
  cancel(account: Account, conditions: Condition[]): Condition[] {
    const ids = new Set(conditions.map(({ id }) => id))
    const lists = new Set(conditions.map(({ listId }) => listId))
    const canceled = this.waiting(account).filter(
      ({ id, listId }) => ids.has(id) || (listId !== null && lists.has(listId)),
    )
    for (const condition of canceled) this.end(condition, 'CANCELED', 'cancel')
    return canceled
  }

  private onTrade({ symbol, price }: MarketTrade): void {
    const waiting = this.bySymbol.get(symbol)
    if (waiting === undefined || waiting.size === 0) return
    for (const condition of [...waiting]) {
      if (condition.status !== 'WAITING') continue
      const { firesAbove, stopPrice } = condition
      if (firesAbove ? stopPrice.lte(price) : stopPrice.gte(price)) this.fire(condition)
    }
  }

  private fire(condition: Condition): void {
    const account = this.exchange.engine.accounts.get(condition.accountId)
    if (account === undefined) return
    for (const other of this.waiting(account, condition.symbol))
      if (condition.listId !== null && other.listId === condition.listId && other !== condition)
        this.end(other, 'CANCELED', 'cancel')
    try {
      const { order } = this.exchange.place(account, commandOf(condition, this.now()), this.now())
      condition.orderId = order.id
      this.end(condition, 'TRIGGERED', 'triggered')
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      const why = error.reason === 'INSUFFICIENT_BALANCE' ? 'Balance insufficient!' : error.message
      this.end(condition, 'CANCELED', 'triggered', why)
    }
  }

  private wait(condition: Condition): void {
    let set = this.bySymbol.get(condition.symbol)
    if (set === undefined) this.bySymbol.set(condition.symbol, (set = new Set<Condition>()))
    set.add(condition)
  }

  private end(condition: Condition, status: Condition['status'], kind: 'triggered' | 'cancel', error?: string): void {
    this.bySymbol.get(condition.symbol)?.delete(condition)
    condition.status = status
    condition.updatedTime = this.now()
    this.exchange.store.putCondition('kucoin', condition)
    this.emit('stop', { kind, condition, ...(error === undefined ? {} : { error }) })
  }
}

const commandOf = (condition: Condition, now: number): OrderCommand => ({
  symbol: condition.symbol,
  side: condition.side,
  type: condition.limitPrice === null ? 'MARKET' : 'LIMIT',
  clientOrderId: condition.clientOrderId,
  quantity: condition.quantity,
  quoteQuantity: condition.quoteQuantity,
  limitPrice: condition.limitPrice,
  stopPrice: null,
  trailingDelta: null,
  timeInForce: condition.timeInForce,
  isPostOnly: condition.isPostOnly,
  isEndedWhenTaking: true,
  expiresAt: endOf(condition.echo, now),
  echo: { ...condition.echo, triggerOrderId: unifiedStopIdOf(condition.id) },
})
