import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, ONE } from '@/lib/domain/money/decimal'

/** The markets of an exchange, as far as they tell what an asset is worth. */
export interface PriceSource {
  isListed(symbol: string): Promise<boolean>
  lastPrice(symbol: string): Promise<Amount>
  /** Closes of candles that begin from one time to another, oldest first. */
  closes(range: CloseRange): Promise<{ openTime: EpochMs; close: Amount }[]>
}

interface CloseRange {
  symbol: string
  timeframe: '1m' | '1h'
  startTime: EpochMs
  endTime: EpochMs
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Every exchange has a market of nearly everything in it. */
const BY_WAY_OF = 'USDT'
/** In a minute without a trade the price is that of before: so far back it is looked for. Older candles are kept by the hour. */
const LOOKED_BACK = [
  { timeframe: '1m', length: MINUTE, backMs: HOUR },
  { timeframe: '1h', length: HOUR, backMs: 24 * HOUR },
] as const

/** The price of a listed market at a time; the last one where that is less than a minute ago, or no candle tells of it. */
async function priceOf(source: PriceSource, symbol: string, time: EpochMs, now: EpochMs): Promise<Amount> {
  if (now - time > MINUTE)
    for (const { timeframe, length, backMs } of LOOKED_BACK) {
      const endTime = time - (time % length)
      const candles = await source.closes({ symbol, timeframe, startTime: endTime - backMs, endTime })
      const before = candles.filter(({ openTime }) => openTime <= endTime).at(-1)
      if (before !== undefined) return before.close
    }
  return source.lastPrice(symbol)
}

/** The price by a market of the two, whichever way round it is listed. Null when there is none. */
async function priceIn(
  source: PriceSource,
  asset: string,
  inAsset: string,
  time: EpochMs,
  now: EpochMs,
): Promise<Amount | null> {
  if (await source.isListed(`${asset}/${inAsset}`)) return priceOf(source, `${asset}/${inAsset}`, time, now)
  if (!(await source.isListed(`${inAsset}/${asset}`))) return null
  const inverse = await priceOf(source, `${inAsset}/${asset}`, time, now)
  return inverse.isZero() ? null : ONE.div(inverse)
}

/**
 * What one of an asset was worth in another at a time: by a market of the two, else by way of USDT. Null when no market tells.
 * Throws what the exchange's refusal throws.
 */
export async function priceAt(
  source: PriceSource,
  asset: string,
  inAsset: string,
  time: EpochMs,
  now: EpochMs,
): Promise<Amount | null> {
  const direct = await priceIn(source, asset, inAsset, time, now)
  if (direct !== null || asset === BY_WAY_OF || inAsset === BY_WAY_OF) return direct
  const inDollars = await priceIn(source, asset, BY_WAY_OF, time, now)
  const dollar = inDollars === null ? null : await priceIn(source, BY_WAY_OF, inAsset, time, now)
  return inDollars === null || dollar === null ? null : inDollars.times(dollar)
}
