import type { Connection } from '../connection'
import type { Account } from '../matching/account'
import type { Changes } from '../matching/changes'
import type { Order } from '../matching/order'
import { classicAsset, unifiedAsset } from './account-endpoints'
import { type Arg, Channels, pushOf } from './channels'
import type { Dialect } from './errors'
import { isPlain, isPlan } from './ids'
import * as shape from './private-shapes'
import type { BitgetProtocol } from './protocol'
import { isSignedBy } from './signature'
import { serveSocket, StreamError } from './stream-socket'
import { strategyShape } from './unified-shapes'

const WINDOW_S = 30

const TOPICS: Record<Dialect, ReadonlySet<string>> = {
  CLASSIC: new Set(['orders', 'orders-algo', 'fill', 'account']),
  UNIFIED: new Set(['order', 'strategy-order', 'fill', 'account']),
}

/** One thing to tell an account: the channel, the pair that it concerns, and the rows. */
interface News {
  topic: string
  symbol: string | undefined
  data: unknown[]
}

/** The account's channels of both versions. */
export class PrivateStreams {
  private readonly protocol: BitgetProtocol
  private readonly byAccount = new Map<Account, Channels>()

  constructor(protocol: BitgetProtocol) {
    this.protocol = protocol
    protocol.exchange.on('changes', (changes) => this.announce(changes))
  }

  serve(connection: Connection, dialect: Dialect): void {
    let account: Account | undefined
    const own = (): Account => {
      if (account === undefined) throw new StreamError(30004, 'Please login first')
      return account
    }
    serveSocket(connection, {
      login: (arg) => {
        account = this.login(arg, dialect)
      },
      subscribe: (arg) => {
        const subscriber = own()
        const topic = topicOf(arg, dialect)
        if (topic === undefined)
          throw new StreamError(30001, `channel:${arg['channel'] ?? arg['topic'] ?? ''} doesn't exist`)
        return () => {
          this.channelsOf(subscriber).add(arg, connection)
          if (topic === 'account') this.begin(subscriber, arg, connection)
        }
      },
      unsubscribe: (arg) => this.channelsOf(own()).remove(arg, connection),
      close: () => {
        if (account !== undefined) this.channelsOf(account).removeAll(connection)
      },
      onFault: this.protocol.onFault,
    })
  }

  /** Throws StreamError when the key, its passphrase, the time (in seconds) or the signature is wrong. */
  private login(arg: Arg, dialect: Dialect): Account {
    const account = this.protocol.accountOf(arg['apiKey'] ?? '')
    if (account === undefined) throw new StreamError(30011, 'Invalid ACCESS_KEY')
    if (arg['passphrase'] !== account.record.apiPassphrase) throw new StreamError(30012, 'Invalid ACCESS_PASSPHRASE')
    const timestamp = arg['timestamp'] ?? ''
    if (!/^\d{10}(\d{3})?$/.test(timestamp)) throw new StreamError(30013, 'Invalid ACCESS_TIMESTAMP')
    const seconds = Number(timestamp) / (timestamp.length === 13 ? 1000 : 1)
    if (Math.abs(this.protocol.now() / 1000 - seconds) > WINDOW_S)
      throw new StreamError(30014, 'Request timestamp expired')
    if (!isSignedBy(arg['sign'] ?? '', account.record.apiSecret, [`${timestamp}GET/user/verify`]))
      throw new StreamError(30015, 'Invalid sign')
    if (account.record.accountMode !== dialect) throw new StreamError(30005, 'Login failed: another account mode')
    return account
  }

  private channelsOf(account: Account): Channels {
    let channels = this.byAccount.get(account)
    if (channels === undefined) this.byAccount.set(account, (channels = new Channels()))
    return channels
  }

  /** All funds, at the moment of subscribing. */
  private begin(account: Account, arg: Arg, connection: Connection): void {
    const data = balancesOf(account, account.ledger.assets())
    if (data.length > 0) connection.stream(pushOf('snapshot', arg, data, this.protocol.now()))
  }

  private announce(changes: Changes): void {
    for (const [account, channels] of this.byAccount) {
      const news = this.newsFor(account, changes)
      for (const { topic, symbol, data } of news)
        for (const { arg, connections } of channels.all()) {
          if ((arg['channel'] ?? arg['topic']) !== topic || !concerns(arg, symbol)) continue
          const text = pushOf('snapshot', arg, data, this.protocol.now())
          for (const connection of connections) connection.stream(text)
        }
    }
  }

  private newsFor(account: Account, changes: Changes): News[] {
    const isUnified = account.record.accountMode === 'UNIFIED'
    const { store } = this.protocol.exchange
    const news: News[] = []
    for (const report of changes.reports) {
      if (report.kind !== 'ORDER' || report.order.accountId !== account.record.id) continue
      const { order, fill } = report
      const { symbol } = order
      const fills = store.executionsOf(order.id).filter(({ id }) => fill === null || id <= fill.id)
      if (isPlan(order) && !isFill(order)) news.push({ symbol, ...planNews(order, isUnified) })
      if (!isPlain(order)) continue
      const data = isUnified ? shape.pushedUnifiedOrder(order, fills) : shape.pushedOrder(order, fill, fills)
      news.push({ topic: isUnified ? 'order' : 'orders', symbol, data: [data] })
      if (fill === null) continue
      const execution = isUnified ? shape.pushedUnifiedFill(fill, order) : shape.pushedFill(fill, order)
      news.push({ topic: 'fill', symbol, data: [execution] })
    }
    const assets = changes.balances.filter(({ accountId }) => accountId === account.record.id).map(({ asset }) => asset)
    if (assets.length > 0) news.push({ topic: 'account', symbol: undefined, data: balancesOf(account, assets) })
    return news
  }
}

/** Whether a report is about the order that a plan order placed, beyond its first moment. */
const isFill = (order: Order): boolean => order.workingTime !== null && order.filledQuantity.gt(0)

const planNews = (order: Order, isUnified: boolean) =>
  isUnified
    ? { topic: 'strategy-order', data: [strategyShape(order)] }
    : { topic: 'orders-algo', data: [shape.pushedPlan(order)] }

function topicOf(arg: Arg, dialect: Dialect): string | undefined {
  const isClassic = dialect === 'CLASSIC'
  const topic = isClassic ? arg['channel'] : arg['topic']
  const isRight = arg['instType'] === (isClassic ? 'SPOT' : 'UTA')
  return topic !== undefined && isRight && TOPICS[dialect].has(topic) ? topic : undefined
}

const concerns = (arg: Arg, symbol: string | undefined): boolean => {
  const asked = arg['instId']
  return asked === undefined || asked === 'default' || symbol === undefined || asked === symbol
}

function balancesOf(account: Account, assets: string[]): unknown[] {
  if (account.record.accountMode === 'CLASSIC') return assets.map((coin) => classicAsset(account, coin))
  if (assets.length === 0) return []
  const coin = assets.map((asset) => {
    const { debt: _, ...funds } = unifiedAsset(account, asset)
    return { ...funds, debts: '0', borrow: '0' }
  })
  return [
    {
      unrealisedPnL: '0',
      totalEquity: '0',
      positionMgnRatio: '0',
      mmr: '0',
      effEquity: '0',
      imr: '0',
      mgnRatio: '0',
      coin,
    },
  ]
}
