import type { Clock } from '@/lib/platform/clock'

/** No screen needs it more often. */
const INTERVAL_MS = 150

/** Thins progress out: the first value at once, then whole percents that grow, at most one each interval. */
export function createProgress(tell: (percent: number) => void, clock: Clock): (percent: number) => void {
  let last = -1
  let toldAt = Number.NEGATIVE_INFINITY
  return (percent) => {
    const whole = Math.min(100, Math.floor(percent))
    const now = clock()
    if (whole <= last || now - toldAt < INTERVAL_MS) return
    last = whole
    toldAt = now
    tell(whole)
  }
}
