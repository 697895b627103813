import type { Instrument } from '@/lib/domain/market/instrument'
import type { OnProgress } from '@/lib/exchanges/execution-client'
import { mapInstrument } from '@/lib/exchanges/kucoin/map-market'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { symbolSchema } from '@/lib/exchanges/kucoin/schemas'

const SYMBOLS_PER_STEP = 200

/** Reads all pairs, a few hundred at a time so that orders are not held up. */
export async function loadInstruments(raw: KucoinRawClient, onProgress?: OnProgress): Promise<Instrument[]> {
  const symbols = await raw.getAllSymbols()
  const instruments: Instrument[] = []
  for (let from = 0; from < symbols.length; from += SYMBOLS_PER_STEP) {
    for (const native of symbols.slice(from, from + SYMBOLS_PER_STEP)) {
      // A pair that is not as documented must not cost the user the others.
      const parsed = symbolSchema.safeParse(native)
      if (parsed.success) instruments.push(mapInstrument(parsed.data))
    }
    onProgress?.(Math.min(from + SYMBOLS_PER_STEP, symbols.length), symbols.length)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return instruments
}
