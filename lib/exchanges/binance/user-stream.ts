import { z } from 'zod'
import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { UserStreamHandlers } from '@/lib/exchanges/execution-client'
import type { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import type { StreamHandle } from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'
import type { SocketLine } from '@/lib/exchanges/ws/socket-connection'
import { mapError } from '@/lib/exchanges/binance/map-error'
import * as map from '@/lib/exchanges/binance/map-user-event'
import type { BinanceMarkets } from '@/lib/exchanges/binance/markets'
import { isEd25519, signedApiParams } from '@/lib/exchanges/binance/signing'

// The account's stream over the WebSocket API (web-socket-api.md, "User Data Stream"): one signed subscription a connection;
// with an Ed25519 key the connection is logged on first.

/** An idle account is silent; Binance pings every 20 seconds. Three of them missing is a dead line. */
const STALL_MS = 60_000
/** Reports remembered, so that those which both connections of a renewal deliver are handed on once. */
const REMEMBERED = 2000

const messageSchema = z.union([
  z.looseObject({ event: z.looseObject({ e: z.string() }) }),
  z.looseObject({ id: z.string(), status: z.int(), error: z.unknown().optional() }),
])

export interface UserStreamOptions {
  http: ExchangeHttp
  markets: BinanceMarkets
  /** Base address of the WebSocket API. */
  privateUrl: string
  timings: Partial<SocketTimings>
  credentials: Credentials
  handlers: UserStreamHandlers
}

export class BinanceUserStream implements StreamHandle {
  readonly #options: UserStreamOptions
  readonly #socket: ReconnectingSocket
  /** Numbers of the reports handed on, oldest first. */
  readonly #seen = new Set<string>()
  readonly #fundsAt = new Map<string, number>()
  #tail = Promise.resolve()
  #isClosed = false

  constructor(options: UserStreamOptions) {
    this.#options = options
    const timings = { stallMs: STALL_MS, ...options.timings }
    this.#socket = new ReconnectingSocket(
      `${options.privateUrl}/ws-api/v3`,
      {
        onState: options.handlers.onState,
        onOpen: (line) => this.#subscribe(line),
        onText: (text, line) => this.#onText(text, line),
      },
      { timings, keepAlive: { everyMs: timings.stallMs / 4 }, mayBeQuiet: true },
    )
  }

  close(): void {
    this.#isClosed = true
    this.#socket.close()
  }

  async #subscribe(line: SocketLine): Promise<void> {
    const { http, credentials } = this.#options
    await http.serverClock.keepFresh()
    const method = isEd25519(credentials) ? 'session.logon' : 'userDataStream.subscribe.signature'
    const params = signedApiParams(credentials, http.serverClock.now())
    line.send(JSON.stringify({ id: method, method, params }))
  }

  #onText(text: string, line: SocketLine): 'RENEW' | undefined {
    const message = messageSchema.safeParse(parseJson(text))
    if (!message.success) {
      this.#options.handlers.onUnreadable?.(text, 'neither an event nor an answer')
      return undefined
    }
    const { data } = message
    if (!('event' in data)) {
      this.#onAnswer(data, line)
      return undefined
    }
    const event = data.event as { e: string }
    if (event.e === 'serverShutdown') return 'RENEW'
    if (event.e === 'eventStreamTerminated') line.fail('the exchange ended the subscription')
    else this.#deliver(event, text)
    return undefined
  }

  #onAnswer(answer: { id?: unknown; status?: unknown; error?: unknown }, line: SocketLine): void {
    if (answer.status === 200) {
      if (answer.id === 'session.logon')
        line.send(JSON.stringify({ id: 'userDataStream.subscribe', method: 'userDataStream.subscribe', params: {} }))
      else line.ready()
      return
    }
    const refusal = mapError(answer.error)
    if (refusal?.code === 'CLOCK_SKEW') void this.#options.http.serverClock.sync().catch(() => undefined)
    line.fail(refusal?.message ?? 'the exchange refused the subscription')
  }

  /** In the order received: a pair whose name must be asked for holds back what comes after it. */
  #deliver(event: { e: string }, text: string): void {
    this.#tail = this.#tail
      .then(async () => {
        const reason = await this.#handle(event)
        if (reason !== undefined) this.#options.handlers.onUnreadable?.(text, reason)
      })
      .catch((error: unknown) => {
        this.#options.handlers.onUnreadable?.(text, error instanceof TradingError ? error.message : String(error))
      })
  }

  /** Answers a sentence for an event that is not as documented. */
  async #handle(event: { e: string }): Promise<string | undefined> {
    const { handlers, markets } = this.#options
    switch (event.e) {
      case 'executionReport': {
        const report = map.executionReportSchema.safeParse(event)
        if (!report.success) return z.prettifyError(report.error)
        if (!this.#isNew(`${report.data.i}:${report.data.I}:${report.data.T}`)) return undefined
        const order = map.mapExecutionReport(report.data, await markets.nameOf(report.data.s))
        if (!this.#isClosed) handlers.onOrder(order)
        return undefined
      }
      case 'outboundAccountPosition': {
        const position = map.accountPositionSchema.safeParse(event)
        if (!position.success) return z.prettifyError(position.error)
        const balances = map.mapAccountPosition(position.data).filter(({ asset }) => {
          // Messages may overtake each other: older funds do not replace newer ones.
          if (position.data.u < (this.#fundsAt.get(asset) ?? 0)) return false
          this.#fundsAt.set(asset, position.data.u)
          return true
        })
        if (balances.length > 0 && !this.#isClosed) handlers.onBalance(balances)
        return undefined
      }
      // The orders of a list are reported one by one, and every change of funds brings a position.
      case 'listStatus':
      case 'balanceUpdate':
      case 'externalLockUpdate':
        return undefined
      default:
        return `event ${event.e} is not known`
    }
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    const [oldest] = this.#seen.size > REMEMBERED ? this.#seen : []
    if (oldest !== undefined) this.#seen.delete(oldest)
    return true
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
