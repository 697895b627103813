import type { IncomingMessage } from 'node:http'
import type { ExchangeId } from '@/lib/domain/account/broker'
import type { Connection } from './connection'

/** An answer ready to be sent. */
export interface RestAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** How one exchange's protocol is served under its own first path segment, `/binance`. */
export interface PaperProtocol {
  readonly exchangeId: ExchangeId
  /** Answers a REST call; `path` is the URL behind the segment, with its query. Null: cut the connection without an answer. */
  answer(request: IncomingMessage, path: string, body: string): Promise<RestAnswer | null>
  /** What serves a WebSocket at this path, or null where the exchange has none. */
  socketAt(path: string): ((connection: Connection, request: IncomingMessage) => void) | null
  /** Clears the rate counters; with limits, those hold from now on. */
  resetLimits(limits?: Record<string, number>): void
  stop(): void
}
