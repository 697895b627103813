import { WebSocket } from 'ws'
import type { StreamState } from '@/lib/exchanges/market-data-client'

// A WebSocket that stays up: back-off with jitter, stall detection, and a fresh connection before the exchange ends the old
// one. The library answers pings by itself.

export interface SocketTimings {
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
  /** Return 'RENEW' when the message announces that the exchange is about to end this connection. */
  onText(text: string): 'RENEW' | undefined
  onState(state: StreamState): void
}

const MAX_PATIENCE = 6

interface Connection {
  socket: WebSocket
  lastMessageAt: number
  hasSpoken: boolean
  timer?: NodeJS.Timeout
}

export class ReconnectingSocket {
  readonly #url: string
  readonly #handlers: SocketHandlers
  readonly #timings: SocketTimings
  readonly #random: () => number
  #current: Connection | undefined
  #next: Connection | undefined
  #failures = 0
  /** Grows while connections stay silent from their start: a market without trading is no dead line. */
  #patience = 1
  #retryTimer: NodeJS.Timeout | undefined
  #renewTimer: NodeJS.Timeout | undefined
  #isClosed = false

  /** Connects at once. `random` in [0, 1) spreads the retries of many clients. */
  constructor(url: string, handlers: SocketHandlers, timings: Partial<SocketTimings> = {}, random = Math.random) {
    this.#url = url
    this.#handlers = handlers
    this.#timings = { ...DEFAULT_TIMINGS, ...timings }
    this.#random = random
    this.#handlers.onState({ kind: 'CONNECTING' })
    this.#current = this.#open()
  }

  /** Ends for good; no handler is called afterwards but the last state. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#renewTimer)
    for (const connection of [this.#current, this.#next]) if (connection !== undefined) drop(connection)
    this.#handlers.onState({ kind: 'CLOSED' })
  }

  #open(): Connection {
    const { connectTimeoutMs } = this.#timings
    const socket = new WebSocket(this.#url, { handshakeTimeout: connectTimeoutMs, perMessageDeflate: false })
    const connection: Connection = { socket, lastMessageAt: performance.now(), hasSpoken: false }
    let reason = 'the exchange closed the connection'
    socket.on('open', () => {
      this.#onOpen(connection)
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      connection.lastMessageAt = performance.now()
      connection.hasSpoken = true
      this.#patience = 1
      if (!isBinary && this.#isLive(connection) && this.#handlers.onText(data.toString()) === 'RENEW') this.#renew()
    })
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => {
      this.#onClose(connection, reason)
    })
    return connection
  }

  #isLive(connection: Connection): boolean {
    return !this.#isClosed && (connection === this.#current || connection === this.#next)
  }

  #onOpen(connection: Connection): void {
    if (!this.#isLive(connection)) return
    connection.lastMessageAt = performance.now()
    this.#failures = 0
    this.#watch(connection)
    clearTimeout(this.#renewTimer)
    this.#renewTimer = setTimeout(() => {
      this.#renew()
    }, this.#timings.renewAfterMs)
    this.#renewTimer.unref()
    if (connection !== this.#next) {
      this.#handlers.onState({ kind: 'CONNECTED' })
      return
    }
    // Both deliver for a moment; the reader drops what it has seen. The old one goes once the new one is open.
    const old = this.#current
    this.#current = connection
    this.#next = undefined
    if (old !== undefined) drop(old)
    this.#handlers.onState({ kind: 'RENEWED' })
  }

  #onClose(connection: Connection, reason: string): void {
    clearInterval(connection.timer)
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
    return Math.round(full / 2 + (full / 2) * this.#random())
  }

  #watch(connection: Connection): void {
    const { stallMs } = this.#timings
    connection.timer = setInterval(
      () => {
        const silentMs = performance.now() - connection.lastMessageAt
        if (silentMs < stallMs * this.#patience) return
        if (!connection.hasSpoken) this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE)
        connection.socket.emit('error', new Error(`no message for ${Math.round(silentMs / 1000)} s`))
        connection.socket.terminate()
      },
      Math.max(5, stallMs / 4),
    )
    connection.timer.unref()
  }
}

const drop = (connection: Connection): void => {
  clearInterval(connection.timer)
  // A socket that is still connecting reports its end as an error; nobody is interested any more.
  connection.socket.removeAllListeners()
  connection.socket.on('error', () => undefined)
  connection.socket.terminate()
}
