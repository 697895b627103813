import { exchangeSymbolOf, mapInstrument } from '@/lib/exchanges/bitget/map-market'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import { symbolSchema } from '@/lib/exchanges/bitget/schemas'
import { MarketNames, readInstruments } from '@/lib/exchanges/market-names'

/** The pairs of Bitget (GET /api/v2/spot/public/symbols). */
export class BitgetMarkets extends MarketNames {
  constructor(raw: BitgetRawClient) {
    super(async (onProgress) => readInstruments(await raw.symbols(), symbolSchema, mapInstrument, onProgress))
  }

  /** Bitget's name of a pair; the answer to what is asked with it needs no look-up. */
  nativeNameOf(symbol: string): string {
    const exchangeSymbol = exchangeSymbolOf(symbol)
    this.remember(exchangeSymbol, symbol)
    return exchangeSymbol
  }
}
