import type { Connection } from '../connection'

/** What a client subscribes to: `{instType, channel, instId}` on v2, `{instType, topic, symbol}` on v3. */
export type Arg = Record<string, string>

/** The same text for the same subscription, whatever the order of its fields. */
const keyOf = (arg: Arg): string =>
  Object.entries(arg)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

export interface Subscription {
  arg: Arg
  connections: Set<Connection>
}

/** Who listens to what. */
export class Channels {
  private readonly byKey = new Map<string, Subscription>()

  /** Adds a listener. */
  add(arg: Arg, connection: Connection): void {
    const key = keyOf(arg)
    const known = this.byKey.get(key)
    if (known === undefined) this.byKey.set(key, { arg, connections: new Set([connection]) })
    else known.connections.add(connection)
  }

  remove(arg: Arg, connection: Connection): void {
    const key = keyOf(arg)
    const known = this.byKey.get(key)
    if (known?.connections.delete(connection) === true && known.connections.size === 0) this.byKey.delete(key)
  }

  removeAll(connection: Connection): void {
    for (const { arg } of this.all()) this.remove(arg, connection)
  }

  get(arg: Arg): Subscription | undefined {
    return this.byKey.get(keyOf(arg))
  }

  all(): Subscription[] {
    return [...this.byKey.values()]
  }
}

/** A push as both versions send it. */
export const pushOf = (action: 'snapshot' | 'update', arg: Arg, data: unknown[], now: number): string =>
  JSON.stringify({ action, arg, data, ts: now })
