/** Bar lengths the bot signals, shortest first. */
export const TIMEFRAMES = ['1m', '3m', '5m', '10m', '15m', '1h', '2h', '4h'] as const
export type Timeframe = (typeof TIMEFRAMES)[number]

/** Milliseconds since 1970-01-01T00:00:00Z. `...Time` is market time, `...At` is ours. */
export type EpochMs = number

export const TIMEFRAME_MS: Record<Timeframe, number> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '10m': 600_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
}

export const isTimeframe = (text: string): text is Timeframe => (TIMEFRAMES as readonly string[]).includes(text)

/** Start of the UTC-aligned bar that holds `time`. */
export const openTimeOf = (timeframe: Timeframe, time: EpochMs): EpochMs => time - (time % TIMEFRAME_MS[timeframe])

/** End of that bar: the first millisecond that no longer belongs to it. */
export const closeTimeOf = (timeframe: Timeframe, time: EpochMs): EpochMs =>
  openTimeOf(timeframe, time) + TIMEFRAME_MS[timeframe]

/** The first start of a bar at or after `time`. */
export const nextOpenTime = (timeframe: Timeframe, time: EpochMs): EpochMs =>
  openTimeOf(timeframe, time) === time ? time : closeTimeOf(timeframe, time)
