import type { Instrument } from '@/lib/domain/market/instrument'
import type { OnProgress } from '@/lib/exchanges/execution-client'
import { exchangeSymbolOf, mapInstrument } from '@/lib/exchanges/bitget/map-market'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import { symbolSchema } from '@/lib/exchanges/bitget/schemas'

const SYMBOLS_PER_STEP = 200

/** The pairs of one exchange address: read on demand, and the way back from Bitget's names to ours. */
export class BitgetMarkets {
  readonly #raw: BitgetRawClient
  readonly #names = new Map<string, string>()
  #loading: Promise<Instrument[]> | undefined

  constructor(raw: BitgetRawClient) {
    this.#raw = raw
  }

  /** Reads all pairs, a few hundred at a time so that orders are not held up. */
  async load(onProgress?: OnProgress): Promise<Instrument[]> {
    const symbols = await this.#raw.symbols()
    const instruments: Instrument[] = []
    for (let from = 0; from < symbols.length; from += SYMBOLS_PER_STEP) {
      for (const native of symbols.slice(from, from + SYMBOLS_PER_STEP)) {
        // A pair that is not as documented must not cost the user the others.
        const parsed = symbolSchema.safeParse(native)
        if (!parsed.success) continue
        const instrument = mapInstrument(parsed.data)
        this.#names.set(instrument.exchangeSymbol, instrument.symbol)
        instruments.push(instrument)
      }
      onProgress?.(Math.min(from + SYMBOLS_PER_STEP, symbols.length), symbols.length)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return instruments
  }

  /** Keeps a name that a call brought along, so that its answer needs no look-up; answers Bitget's. */
  remember(symbol: string): string {
    const exchangeSymbol = exchangeSymbolOf(symbol)
    this.#names.set(exchangeSymbol, symbol)
    return exchangeSymbol
  }

  /** Our name of a pair. One that Bitget itself does not list (any more) keeps Bitget's name. */
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
