import { limitsOf } from '@/lib/exchanges/binance/limits'
import { mapInstrument } from '@/lib/exchanges/binance/map-market'
import type { BinanceRawMarketClient } from '@/lib/exchanges/binance/raw-market-client'
import { symbolSchema } from '@/lib/exchanges/binance/schemas'
import type { RateGovernor } from '@/lib/exchanges/http/rate-governor'
import { MarketNames, readInstruments } from '@/lib/exchanges/market-names'

/** The pairs of Binance (GET /api/v3/exchangeInfo), which brings the rate limits along: the governor takes them over. */
export class BinanceMarkets extends MarketNames {
  constructor(raw: BinanceRawMarketClient, governor: RateGovernor) {
    super(async (onProgress) => {
      const info = await raw.exchangeInfo()
      governor.setLimits(limitsOf(info))
      return readInstruments(info.symbols, symbolSchema, mapInstrument, onProgress)
    })
  }
}
