import type { Amount } from '@/lib/domain/money/decimal'
import { mapTicker } from '@/lib/exchanges/bitget/map-market'
import type { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import type { Ticker } from '@/lib/exchanges/execution-client'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Clock } from '@/lib/platform/clock'

/** Which side of its trigger the price is on does not change often: a price may be so old for telling it. */
const FRESH_MS = 2000

/** Last prices, asked for when a conditional order must be understood. */
export class LastPrices {
  readonly #raw: BitgetRawClient
  readonly #markets: BitgetMarkets
  readonly #clock: Clock
  readonly #known = new Map<string, { price: Amount; at: number }>()

  constructor(raw: BitgetRawClient, markets: BitgetMarkets, clock: Clock) {
    this.#raw = raw
    this.#markets = markets
    this.#clock = clock
  }

  /** Asks now. @throws TradingError BAD_REQUEST, EXCHANGE_UNAVAILABLE, RATE_LIMITED. */
  async ticker(symbol: string): Promise<Ticker> {
    const [native] = await this.#raw.tickers({ symbol: this.#markets.nativeNameOf(symbol) })
    if (native === undefined)
      throw new TradingError('BAD_REQUEST', `Bitget has no pair ${symbol}.`, { outcome: 'REFUSED' })
    const ticker = mapTicker(native, symbol)
    this.#known.set(symbol, { price: ticker.lastPrice, at: this.#clock() })
    return ticker
  }

  /** A price of the last seconds; undefined when it cannot be had. */
  async of(symbol: string): Promise<Amount | undefined> {
    const known = this.#known.get(symbol)
    if (known !== undefined && this.#clock() - known.at < FRESH_MS) return known.price
    return this.ticker(symbol).then(
      (ticker) => ticker.lastPrice,
      () => undefined,
    )
  }
}
