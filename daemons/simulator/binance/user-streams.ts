import type { Exchange } from '../exchange'
import type { Changes } from '../matching/changes'
import type { Connection } from '../connection'
import type { BinanceProtocol } from './protocol'
import { userEventsOf } from './user-events'

interface Subscription {
  id: number
  accountId: number
  connection: Connection
}

/** User data streams: subscriptions of WebSocket API connections to accounts. */
export class UserStreams {
  private readonly byAccount = new Map<number, Set<Subscription>>()
  private readonly byConnection = new Map<Connection, Map<number, Subscription>>()
  private readonly protocol: BinanceProtocol
  private reportId = 0

  constructor(exchange: Exchange, protocol: BinanceProtocol) {
    this.protocol = protocol
    exchange.on('changes', (changes) => this.announce(changes))
  }

  /** Returns the number of the new subscription, unique within its connection. */
  subscribe(connection: Connection, accountId: number): number {
    let own = this.byConnection.get(connection)
    if (own === undefined) {
      this.byConnection.set(connection, (own = new Map<number, Subscription>()))
      connection.socket.on('close', () => this.unsubscribeAll(connection))
    }
    const id = Math.max(-1, ...own.keys()) + 1
    const subscription = { id, accountId, connection }
    own.set(id, subscription)
    let listeners = this.byAccount.get(accountId)
    if (listeners === undefined) this.byAccount.set(accountId, (listeners = new Set<Subscription>()))
    listeners.add(subscription)
    return id
  }

  /** Ends one subscription, or all of the connection. */
  unsubscribe(connection: Connection, id: number): boolean {
    const subscription = this.byConnection.get(connection)?.get(id)
    if (subscription === undefined) return false
    this.byConnection.get(connection)?.delete(id)
    this.byAccount.get(subscription.accountId)?.delete(subscription)
    return true
  }

  unsubscribeAll(connection: Connection): void {
    for (const id of this.idsOf(connection)) this.unsubscribe(connection, id)
  }

  idsOf(connection: Connection): number[] {
    return [...(this.byConnection.get(connection)?.keys() ?? [])]
  }

  private announce(changes: Changes): void {
    if (this.byAccount.size === 0) return
    const events = userEventsOf(changes, this.protocol.now(), () => (this.reportId += 1))
    for (const { accountId, event } of events)
      for (const { id, connection } of this.byAccount.get(accountId) ?? [])
        connection.stream(JSON.stringify({ subscriptionId: id, event }))
  }
}
