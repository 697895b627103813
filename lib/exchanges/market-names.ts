import type { z } from 'zod'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { OnProgress } from '@/lib/exchanges/execution-client'

const PAIRS_PER_STEP = 200

/**
 * Reads an exchange's pairs, a few hundred at a time so that orders are not held up. A pair that is not as documented must not
 * cost the user the others: it is left out.
 */
export async function readInstruments<T>(
  natives: unknown[],
  schema: z.ZodType<T>,
  map: (native: T) => Instrument,
  onProgress?: OnProgress,
): Promise<Instrument[]> {
  const instruments: Instrument[] = []
  for (let from = 0; from < natives.length; from += PAIRS_PER_STEP) {
    for (const native of natives.slice(from, from + PAIRS_PER_STEP)) {
      const parsed = schema.safeParse(native)
      if (parsed.success) instruments.push(map(parsed.data))
    }
    onProgress?.(Math.min(from + PAIRS_PER_STEP, natives.length), natives.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return instruments
}

/** The pairs of one exchange address: read on demand, and the way back from the exchange's names to ours. */
export class MarketNames {
  readonly #read: (onProgress?: OnProgress) => Promise<Instrument[]>
  readonly #names = new Map<string, string>()
  #loading: Promise<Instrument[]> | undefined

  constructor(read: (onProgress?: OnProgress) => Promise<Instrument[]>) {
    this.#read = read
  }

  /** Reads all pairs. */
  async load(onProgress?: OnProgress): Promise<Instrument[]> {
    const instruments = await this.#read(onProgress)
    for (const { exchangeSymbol, symbol } of instruments) this.#names.set(exchangeSymbol, symbol)
    return instruments
  }

  /** Keeps a name that a call brought along, so that its answer needs no look-up. */
  remember(exchangeSymbol: string, symbol: string): void {
    this.#names.set(exchangeSymbol, symbol)
  }

  /** Our name of a pair. One that the exchange itself does not list (any more) keeps the exchange's name. */
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
