/** Bar lengths of Binance's klines in milliseconds. Weeks open on Monday; months are not offered by the paper exchange. */
export const INTERVAL_MS: Record<string, number> = {
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
  '3d': 259_200_000,
  '1w': 604_800_000,
}

const WEEK = 604_800_000
/** 1970-01-01 was a Thursday: Monday comes four days later. */
const MONDAY = 345_600_000

/** Start of the bar that holds `time`, aligned on UTC. */
export const barStart = (time: number, intervalMs: number): number => {
  const shift = intervalMs === WEEK ? MONDAY : 0
  return Math.floor((time - shift) / intervalMs) * intervalMs + shift
}
