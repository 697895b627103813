import type { Bus } from '@/lib/bus/bus'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Clock } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'

/** What an account holds, by asset. */
export type Totals = Map<string, string>

/** What a tracker works with, and what it remembers of its looks. */
export interface TrackerDesk {
  /** Totals of each broker at its last look. */
  totals: Map<string, Totals>
  markets: MarketReads
  /** Since when exchanges say that they do not know an order that should rest there, by its id. */
  unknownSince: Map<string, EpochMs>
  /** Fees that were told of as having no value, by broker, market and asset. */
  unvalued: Set<string>
  bus: Bus
  gateway: GatewayCaller
  clock: Clock
  log: Logger
}

export const createTrackerDesk = (
  on: Omit<TrackerDesk, 'totals' | 'markets' | 'unvalued' | 'unknownSince'>,
): TrackerDesk => ({
  ...on,
  totals: new Map(),
  markets: new MarketReads(),
  unvalued: new Set(),
  unknownSince: new Map(),
})

/** Up to when the executions of each market were read, and of which markets they could not be. */
class MarketReads {
  readonly #readTo = new Map<string, EpochMs>()
  readonly #missed = new Map<string, Map<string, EpochMs>>()

  /** Everything up to that time is recorded. */
  note(brokerId: string, symbol: string, readTo: EpochMs): void {
    this.#readTo.set(`${brokerId} ${symbol}`, Math.max(readTo, this.readTo(brokerId, symbol)))
    // Of two that read at once, the one that began earlier says nothing of what the other missed.
    const missed = this.#missed.get(brokerId)
    if ((missed?.get(symbol) ?? 0) <= readTo) missed?.delete(symbol)
  }

  /** Something may be missing: the next look comes back to this market, from where it was read last. */
  miss(brokerId: string, symbol: string, at: EpochMs): void {
    const missed = this.#missed.get(brokerId) ?? new Map<string, EpochMs>()
    this.#missed.set(brokerId, missed.set(symbol, at))
  }

  /** Zero: it never was. */
  readTo = (brokerId: string, symbol: string): EpochMs => this.#readTo.get(`${brokerId} ${symbol}`) ?? 0
  missedOf = (brokerId: string): string[] => [...(this.#missed.get(brokerId)?.keys() ?? [])]
}

/** So many troubles of the exchange itself, and the rest is not asked for either: each may take as long as the deadline. */
const MOST_PASSING = 3

/** Work in parts of which one that fails does not stop the others. */
export class Troubles {
  readonly #log: Logger
  #first: Error | undefined
  #passing = 0
  constructor(log: Logger) {
    this.#log = log
  }

  /** Does one part; what goes wrong is logged and remembered. Throws when the exchange does not answer again and again. */
  async attempt(what: Record<string, string>, part: () => Promise<unknown>): Promise<boolean> {
    try {
      await part()
      return true
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error))
      this.#first ??= failure
      this.#log.warn({ ...what, reason: failure.message }, 'not tracked')
      if (error instanceof TradingError && error.isRetryable && ++this.#passing >= MOST_PASSING) throw error
      return false
    }
  }

  /** Throws what went wrong first, if anything did. */
  throwFirst(): void {
    if (this.#first !== undefined) throw this.#first
  }
}
