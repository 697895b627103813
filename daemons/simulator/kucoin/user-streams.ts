import type { Exchange } from '../exchange'
import type { BalanceChange, Changes } from '../matching/changes'

import { nameOfPair, nanosOf } from './native'
import type { StopBook, StopEvents } from './stop-book'
import { StreamHub } from './stream-hub'
import { unifiedBalanceData, unifiedFillData, unifiedOrderData, unifiedStopData } from './unified-events'
import { balanceData, orderData, orderEventsOf, stopData } from './user-events'

const ORDERS_V1 = '/spotMarket/tradeOrders'
const ORDERS_V2 = '/spotMarket/tradeOrdersV2'
const STOPS = '/spotMarket/advancedOrders'
const BALANCE = '/account/balance'
const TOPICS = new Set([ORDERS_V1, ORDERS_V2, STOPS, BALANCE])
const CHANNELS = new Set(['order', 'orderAll', 'execution', 'execution.lite', 'balance'])

const keyOf = (topic: string, accountId: number): string => `${topic}#${accountId}`

/** The private topics of classic accounts and the channels of unified ones. */
export class UserStreams {
  readonly hub = new StreamHub()
  private readonly exchange: Exchange
  private readonly now: () => number
  private readonly told = new Map<string, BalanceChange>()

  constructor(exchange: Exchange, stops: StopBook, now: () => number) {
    this.exchange = exchange
    this.now = now
    exchange.on('changes', (changes) => this.announce(changes))
    stops.on('stop', (event) => this.announceStop(event))
  }

  /** What to listen to for a private topic, or undefined when there is none of that name. */
  topicOf(topic: string, accountId: number): string | undefined {
    return TOPICS.has(topic) ? keyOf(topic, accountId) : undefined
  }

  /** The same for a channel of a unified account; `symbol` in KuCoin's words, for the channels of one pair. */
  channelOf(channel: string, symbol: string | undefined, accountId: number): string | undefined {
    return CHANNELS.has(channel) ? keyOf(`ua:${channel}:${symbol ?? ''}`, accountId) : undefined
  }

  private publish(topic: string, subject: string, accountId: number, data: () => unknown): void {
    this.hub.publish(keyOf(topic, accountId), () => ({
      topic,
      type: 'message',
      subject,
      userId: String(accountId).padStart(24, '6'),
      channelType: 'private',
      data: data(),
    }))
  }

  private publishUnified(channel: string, symbol: string, accountId: number, data: () => unknown): void {
    for (const pair of ['', symbol])
      this.hub.publish(keyOf(`ua:${channel}:${pair}`, accountId), () => ({
        T: `${channel}.UNIFIED`,
        P: nanosOf(this.now()),
        d: data(),
      }))
  }

  private isUnified(accountId: number): boolean {
    return this.exchange.engine.accounts.get(accountId)?.record.accountMode === 'UNIFIED'
  }

  private announce(changes: Changes): void {
    if (this.hub.topics().length === 0) return
    const now = this.now()
    for (const event of orderEventsOf(changes.reports)) {
      const { order, type, fill } = event
      const { accountId } = order
      if (this.isUnified(accountId)) {
        // A match that fills the order is one message here.
        if (type === 'received' || type === 'filled') continue
        const symbol = nameOfPair(this.exchange, order.symbol)
        const data = () => unifiedOrderData(this.exchange, event)
        this.publishUnified('order', symbol, accountId, data)
        this.publishUnified('orderAll', symbol, accountId, data)
        if (fill === undefined) continue
        for (const channel of ['execution', 'execution.lite'])
          this.publishUnified(channel, symbol, accountId, () => unifiedFillData(this.exchange, fill, order))
        continue
      }
      const data = () => orderData(this.exchange, event, now)
      this.publish(ORDERS_V2, 'orderChange', accountId, data)
      if (type !== 'received') this.publish(ORDERS_V1, 'orderChange', accountId, data)
    }
    const isTrade = changes.executions.length > 0
    const isDeposit = changes.reports.some(({ kind }) => kind === 'DEPOSIT')
    for (const change of changes.balances)
      this.announceBalance(change, isDeposit ? 'trade.transfer' : isTrade ? 'trade.setted' : 'trade.hold', now)
  }

  private announceBalance(change: BalanceChange, event: string, now: number): void {
    const { accountId, asset } = change
    const key = `${accountId} ${asset}`
    const before = this.told.get(key)
    this.told.set(key, change)
    if (this.isUnified(accountId))
      this.publishUnified('balance', asset, accountId, () => unifiedBalanceData(change, now))
    else this.publish(BALANCE, 'account.balance', accountId, () => balanceData(change, before, event, now))
  }

  private announceStop({ kind, condition, error }: StopEvents['stop'][0]): void {
    // As everything else: not before it is committed.
    const told = { ...condition }
    void this.exchange.settled().then(() => {
      const { accountId } = told
      if (!this.isUnified(accountId)) {
        this.publish(STOPS, 'stopOrder', accountId, () => stopData(this.exchange, told, kind, this.now(), error))
        return
      }
      const symbol = nameOfPair(this.exchange, told.symbol)
      for (const channel of ['order', 'orderAll'])
        this.publishUnified(channel, symbol, accountId, () => unifiedStopData(this.exchange, told))
    })
  }
}
