import type { EpochMs, Timeframe } from '@/lib/domain/market/timeframe'
import { TIMEFRAME_MS } from '@/lib/domain/market/timeframe'

/** Deterministic id of a time signal: `<timeframe>_<close time in ms>`. */
export const signalIdOf = (timeframe: Timeframe, closeTime: EpochMs): string => `${timeframe}_${closeTime}`

/** A signal older than this is not traded on: half its bar, and 30 s for 1m. */
const latenessLimitMs = (timeframe: Timeframe): number => TIMEFRAME_MS[timeframe] / 2

export const isLate = (timeframe: Timeframe, closeTime: EpochMs, now: EpochMs): boolean =>
  now - closeTime > latenessLimitMs(timeframe)
