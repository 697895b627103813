import type { StreamState } from '@/lib/exchanges/market-data-client'
import { type KeepAlive, SocketConnection, type SocketLine } from '@/lib/exchanges/ws/socket-connection'

// A WebSocket that stays up: back-off with jitter, stall detection, and a fresh connection before the exchange ends the old
// one. The library answers ping frames by itself.

export interface SocketTimings {
  /** For dialing, and for the first messages until the exchange accepted them. */
  connectTimeoutMs: number
  /** No message for so long, although connected: the line is dead. */
  stallMs: number
  /** Age at which a fresh connection takes over. */
  renewAfterMs: number
  backoffMinMs: number
  backoffMaxMs: number
}

/** Binance: a connection lives 24 hours (web-socket-streams.md); silence of 10 s counts as a stall (HB-1). */
const DEFAULT_TIMINGS: SocketTimings = {
  connectTimeoutMs: 10_000,
  stallMs: 10_000,
  renewAfterMs: 23 * 3_600_000,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
}

export interface SocketHandlers {
  /**
   * Sends what a connection must begin with (login, subscriptions). With it, a connection counts as connected once
   * `line.ready()` was called; what it throws ends the connection.
   */
  onOpen?(line: SocketLine): void | Promise<void>
  /**
   * Return 'RENEW' when the message announces that the exchange is about to end this connection. During a renewal both
   * connections deliver: `line` is the one that the message came by.
   */
  onText(text: string, line: SocketLine): 'RENEW' | undefined
  onState(state: StreamState): void
}

export interface SocketOptions {
  timings?: Partial<SocketTimings>
  /** Sent while connected. Without a text: ping frames. */
  keepAlive?: KeepAlive
  /**
   * True where silence is normal (an account's stream): then pings, pongs and answers to keep-alives prove that the line
   * lives. Otherwise only messages do.
   */
  mayBeQuiet?: boolean
  /** Recognizes the answer to a keep-alive; it is not handed on. */
  isAnswer?: (text: string) => boolean
  /** In [0, 1): spreads the retries of many clients. */
  random?: () => number
}

const MAX_PATIENCE = 6

export class ReconnectingSocket {
  readonly #url: string | (() => Promise<string>)
  readonly #handlers: SocketHandlers
  readonly #options: SocketOptions
  readonly #timings: SocketTimings
  #current: SocketConnection | undefined
  #next: SocketConnection | undefined
  #failures = 0
  /** Grows while connections stay silent from their start: a market without trading is no dead line. */
  #patience = 1
  #retryTimer: NodeJS.Timeout | undefined
  #renewTimer: NodeJS.Timeout | undefined
  #isClosed = false

  /** Connects at once. An address that is a function is asked anew for each connection. */
  constructor(url: string | (() => Promise<string>), handlers: SocketHandlers, options: SocketOptions = {}) {
    this.#url = url
    this.#handlers = handlers
    this.#options = options
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings }
    this.#handlers.onState({ kind: 'CONNECTING' })
    this.#current = this.#open()
  }

  /** Ends for good; no handler is called afterwards but the last state. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#renewTimer)
    this.#current?.drop()
    this.#next?.drop()
    this.#handlers.onState({ kind: 'CLOSED' })
  }

  #open(): SocketConnection {
    const { keepAlive, mayBeQuiet = false, isAnswer } = this.#options
    const handlers = this.#handlers
    const options = {
      connectTimeoutMs: this.#timings.connectTimeoutMs,
      stallMs: () => this.#timings.stallMs * this.#patience,
      keepAlive,
      mayBeQuiet,
      isAnswer,
      onOpen: handlers.onOpen === undefined ? undefined : (line: SocketLine) => handlers.onOpen?.(line),
    }
    return new SocketConnection(this.#url, options, {
      onReady: (connection) => {
        this.#onReady(connection)
      },
      onText: (text, connection) => {
        this.#patience = 1
        if (this.#isLive(connection) && handlers.onText(text, connection) === 'RENEW') this.#renew()
      },
      onEnd: (connection, reason) => {
        this.#onEnd(connection, reason)
      },
    })
  }

  #isLive(connection: SocketConnection): boolean {
    return !this.#isClosed && (connection === this.#current || connection === this.#next)
  }

  #onReady(connection: SocketConnection): void {
    if (!this.#isLive(connection)) return
    this.#failures = 0
    clearTimeout(this.#renewTimer)
    this.#renewTimer = setTimeout(() => {
      this.#renew()
    }, this.#timings.renewAfterMs)
    this.#renewTimer.unref()
    if (connection !== this.#next) {
      this.#handlers.onState({ kind: 'CONNECTED' })
      return
    }
    // Both deliver for a moment; the reader drops what it has seen. The old one goes once the new one is ready.
    const old = this.#current
    this.#current = connection
    this.#next = undefined
    old?.drop()
    this.#handlers.onState({ kind: 'RENEWED' })
  }

  #onEnd(connection: SocketConnection, reason: string): void {
    if (this.#isClosed) return
    if (connection === this.#next) {
      // The old connection still works: try again a little later.
      this.#next = undefined
      this.#renewTimer = setTimeout(() => {
        this.#renew()
      }, this.#delay())
      return
    }
    if (connection !== this.#current) return
    if (connection.wasSilent) this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE)
    this.#current = undefined
    if (this.#next !== undefined) {
      // The renewal under way becomes the reconnection.
      this.#current = this.#next
      this.#next = undefined
      this.#handlers.onState({ kind: 'DISCONNECTED', reason, retryInMs: 0 })
      return
    }
    const retryInMs = this.#delay()
    this.#handlers.onState({ kind: 'DISCONNECTED', reason, retryInMs })
    this.#retryTimer = setTimeout(() => {
      this.#handlers.onState({ kind: 'CONNECTING' })
      this.#current = this.#open()
    }, retryInMs)
  }

  #renew(): void {
    if (this.#isClosed || this.#next !== undefined || this.#current === undefined) return
    this.#next = this.#open()
  }

  /** Exponential, half of it random. */
  #delay(): number {
    const { backoffMinMs, backoffMaxMs } = this.#timings
    const full = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures)
    this.#failures += 1
    return Math.round(full / 2 + (full / 2) * (this.#options.random ?? Math.random)())
  }
}
