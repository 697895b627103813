import { WebSocket } from 'ws'

// One connection of a ReconnectingSocket: from dialing over the first messages to its end.

/** What a protocol can do with the connection it is asked about. */
export interface SocketLine {
  send(text: string): void
  /** The exchange accepted what `onOpen` sent: from now on the connection counts. Nothing happens the second time. */
  ready(): void
  /** Ends this connection; another is tried after a pause. `reason` is a sentence part for the operator. */
  fail(reason: string): void
}

export interface KeepAlive {
  everyMs: number
  /** What to send; a ping frame when absent. */
  text?: () => string
}

export interface ConnectionOptions {
  /** Time for dialing and for the messages before `ready()`, each. */
  connectTimeoutMs: number
  /** Silence after which the line is dead; asked again and again because patience may grow. */
  stallMs: () => number
  keepAlive: KeepAlive | undefined
  /** Whether pings, pongs and what `isAnswer` knows prove that the line lives; else only messages do. */
  mayBeQuiet: boolean
  isAnswer: ((text: string) => boolean) | undefined
  onOpen: ((line: SocketLine) => void | Promise<void>) | undefined
}

export interface ConnectionEvents {
  onReady(connection: SocketConnection): void
  onText(text: string, connection: SocketConnection): void
  /** Called once, unless the connection was dropped. */
  onEnd(connection: SocketConnection, reason: string): void
}

export class SocketConnection implements SocketLine {
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #timers: NodeJS.Timeout[] = []
  #deadline: NodeJS.Timeout | undefined
  #socket: WebSocket | undefined
  #lastSignAt = performance.now()
  #isReady = false
  #isOver = false
  #hasSpoken = false
  #isStalled = false

  constructor(url: string | (() => Promise<string>), options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    if (typeof url === 'string') this.#dial(url)
    else {
      this.#expect('no address')
      url().then(
        (address) => {
          clearTimeout(this.#deadline)
          if (!this.#isOver) this.#dial(address)
        },
        (error: unknown) => {
          this.fail(textOf(error))
        },
      )
    }
  }

  /** Ended because nothing at all ever came by it. */
  get wasSilent(): boolean {
    return this.#isStalled && !this.#hasSpoken
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text)
  }

  ready(): void {
    if (this.#isReady || this.#isOver) return
    this.#isReady = true
    clearTimeout(this.#deadline)
    this.#lastSignAt = performance.now()
    this.#watch()
    this.#events.onReady(this)
  }

  fail(reason: string): void {
    if (this.#isOver) return
    this.drop()
    this.#events.onEnd(this, reason)
  }

  /** Ends it without a word to anybody. */
  drop(): void {
    this.#isOver = true
    clearTimeout(this.#deadline)
    for (const timer of this.#timers) clearInterval(timer)
    const socket = this.#socket
    if (socket === undefined) return
    // A socket that is still connecting reports its end as an error; nobody is interested any more.
    socket.removeAllListeners()
    socket.on('error', () => undefined)
    socket.terminate()
  }

  #dial(url: string): void {
    const handshakeTimeout = this.#options.connectTimeoutMs
    const socket = new WebSocket(url, { handshakeTimeout, perMessageDeflate: false })
    this.#socket = socket
    let reason = 'the exchange closed the connection'
    socket.on('open', () => {
      this.#onOpen()
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) this.#onText(data.toString())
    })
    for (const frame of ['ping', 'pong'] as const)
      socket.on(frame, () => {
        if (this.#options.mayBeQuiet) this.#lastSignAt = performance.now()
      })
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => {
      this.fail(reason)
    })
  }

  #onOpen(): void {
    const { onOpen } = this.#options
    if (onOpen === undefined) {
      this.ready()
      return
    }
    this.#expect('no answer to the first messages')
    // In a promise, so that whatever it throws ends the connection.
    Promise.resolve()
      .then(() => onOpen(this))
      .catch((error: unknown) => {
        this.fail(textOf(error))
      })
  }

  #onText(text: string): void {
    const isAnswer = this.#options.isAnswer?.(text) === true
    if (isAnswer && !this.#options.mayBeQuiet) return
    this.#lastSignAt = performance.now()
    if (isAnswer) return
    this.#hasSpoken = true
    this.#events.onText(text, this)
  }

  #expect(failure: string): void {
    this.#deadline = setTimeout(() => {
      this.fail(`${failure} within ${this.#options.connectTimeoutMs} ms`)
    }, this.#options.connectTimeoutMs)
  }

  #watch(): void {
    const { stallMs, keepAlive } = this.#options
    const watch = setInterval(
      () => {
        const silentMs = performance.now() - this.#lastSignAt
        if (silentMs < stallMs()) return
        this.#isStalled = true
        this.fail(`no message for ${Math.round(silentMs / 1000)} s`)
      },
      Math.max(5, stallMs() / 4),
    )
    watch.unref()
    this.#timers.push(watch)
    if (keepAlive === undefined) return
    const beat = setInterval(() => {
      if (keepAlive.text !== undefined) this.send(keepAlive.text())
      else if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping()
    }, keepAlive.everyMs)
    beat.unref()
    this.#timers.push(beat)
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
