import type { Connection } from '../connection'

/** A client of the market streams and the names that it listens to. */
export interface Subscriber {
  connection: Connection
  streams: Set<string>
  /** Messages carry their stream's name. */
  isCombined: boolean
}

const DRAIN_POLL_MS = 2

/** Who listens to what. */
export class StreamHub {
  private readonly byStream = new Map<string, Set<Subscriber>>()
  private readonly subscribers = new Set<Subscriber>()
  private readonly onFirst: (stream: string) => void
  private readonly onNone: (stream: string) => void

  /** `onFirst` and `onNone` are told when a stream gains its first and loses its last listener. */
  constructor(onFirst: (stream: string) => void, onNone: (stream: string) => void) {
    this.onFirst = onFirst
    this.onNone = onNone
  }

  add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber)
    for (const stream of subscriber.streams) this.listen(subscriber, stream)
  }

  remove(subscriber: Subscriber): void {
    this.subscribers.delete(subscriber)
    for (const stream of subscriber.streams) this.unlisten(subscriber, stream)
  }

  listen(subscriber: Subscriber, stream: string): void {
    subscriber.streams.add(stream)
    let set = this.byStream.get(stream)
    if (set === undefined) this.byStream.set(stream, (set = new Set()))
    set.add(subscriber)
    if (set.size === 1) this.onFirst(stream)
  }

  unlisten(subscriber: Subscriber, stream: string): void {
    subscriber.streams.delete(stream)
    const set = this.byStream.get(stream)
    if (set?.delete(subscriber) !== true || set.size > 0) return
    this.byStream.delete(stream)
    this.onNone(stream)
  }

  has(stream: string): boolean {
    return this.byStream.has(stream)
  }

  streams(): string[] {
    return [...this.byStream.keys()]
  }

  /** Sends a message to all who listen; `text` is asked for only when somebody does. */
  publish(stream: string, text: () => string): void {
    const set = this.byStream.get(stream)
    if (set === undefined) return
    const plain = text()
    let combined: string | undefined
    for (const subscriber of set) {
      if (subscriber.isCombined) combined ??= `{"stream":${JSON.stringify(stream)},"data":${plain}}`
      subscriber.connection.stream(subscriber.isCombined ? (combined ?? plain) : plain)
    }
  }

  /** Resolves when no client lags any more; undefined when none does. */
  drained(): Promise<void> | undefined {
    if (!this.isLagging()) return undefined
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (this.isLagging()) return
        clearInterval(timer)
        resolve()
      }, DRAIN_POLL_MS)
    })
  }

  private isLagging(): boolean {
    for (const { connection } of this.subscribers) if (connection.isLagging) return true
    return false
  }
}
