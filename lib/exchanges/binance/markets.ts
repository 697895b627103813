import type { Instrument } from '@/lib/domain/market/instrument'
import type { OnProgress } from '@/lib/exchanges/execution-client'
import { limitsOf } from '@/lib/exchanges/binance/limits'
import { mapInstrument } from '@/lib/exchanges/binance/map-market'
import type { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'
import { symbolSchema } from '@/lib/exchanges/binance/schemas'
import type { RateGovernor } from '@/lib/exchanges/http/rate-governor'

const SYMBOLS_PER_STEP = 200

/** The pairs of one exchange address: read on demand, and the way back from Binance's names to ours. */
export class BinanceMarkets {
  readonly #raw: BinanceRawMarketClient
  readonly #governor: RateGovernor
  readonly #names = new Map<string, string>()
  #loading: Promise<Instrument[]> | undefined

  constructor(raw: BinanceRawMarketClient, governor: RateGovernor) {
    this.#raw = raw
    this.#governor = governor
  }

  /** Reads all pairs, a few hundred at a time so that orders are not held up; takes over the published rate limits. */
  async load(onProgress?: OnProgress): Promise<Instrument[]> {
    const info = await this.#raw.exchangeInfo()
    this.#governor.setLimits(limitsOf(info))
    const instruments: Instrument[] = []
    for (let from = 0; from < info.symbols.length; from += SYMBOLS_PER_STEP) {
      for (const native of info.symbols.slice(from, from + SYMBOLS_PER_STEP)) {
        // A pair that is not as documented must not cost the user the others.
        const parsed = symbolSchema.safeParse(native)
        if (!parsed.success) continue
        const instrument = mapInstrument(parsed.data)
        this.#names.set(instrument.exchangeSymbol, instrument.symbol)
        instruments.push(instrument)
      }
      onProgress?.(Math.min(from + SYMBOLS_PER_STEP, info.symbols.length), info.symbols.length)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return instruments
  }

  /** Keeps a name that a call brought along, so that its answer needs no look-up. */
  remember(exchangeSymbol: string, symbol: string): void {
    this.#names.set(exchangeSymbol, symbol)
  }

  /** Our name of a pair. One that Binance itself does not list (any more) keeps Binance's name. */
  async nameOf(exchangeSymbol: string): Promise<string> {
    const known = this.#names.get(exchangeSymbol)
    if (known !== undefined) return known
    this.#loading ??= this.load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
    const symbol = this.#names.get(exchangeSymbol) ?? exchangeSymbol
    this.#names.set(exchangeSymbol, symbol)
    return symbol
  }
}
