import type { Connection } from '../connection'
import { toJson } from './native'

/** Who listens to which topic. Topics of an account carry its number, so that they are nobody else's. */
export class StreamHub {
  private readonly byTopic = new Map<string, Set<Connection>>()
  private readonly onFirst: (topic: string) => void

  /** `onFirst` is told when a topic gains its first listener. */
  constructor(onFirst: (topic: string) => void = () => undefined) {
    this.onFirst = onFirst
  }

  add(topic: string, connection: Connection): void {
    let set = this.byTopic.get(topic)
    if (set === undefined) this.byTopic.set(topic, (set = new Set()))
    set.add(connection)
    if (set.size === 1) this.onFirst(topic)
  }

  remove(topic: string, connection: Connection): void {
    const set = this.byTopic.get(topic)
    set?.delete(connection)
    if (set?.size === 0) this.byTopic.delete(topic)
  }

  removeAll(connection: Connection): void {
    for (const topic of [...this.byTopic.keys()]) this.remove(topic, connection)
  }

  has(topic: string): boolean {
    return this.byTopic.has(topic)
  }

  topics(): string[] {
    return [...this.byTopic.keys()]
  }

  /** Sends a message to all who listen; it is asked for only when somebody does. */
  publish(topic: string, message: () => unknown): void {
    const set = this.byTopic.get(topic)
    if (set === undefined) return
    const text = toJson(message())
    for (const connection of set) connection.stream(text)
  }
}
