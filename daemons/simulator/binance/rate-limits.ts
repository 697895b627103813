import { BinanceError } from './errors'

/** Limits as exchangeInfo tells them. Source: Binance's values of 2026. */
export const LIMITS = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
  { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
  { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
] as const

const MINUTE = 60_000
const DAY = 86_400_000
/** Requests still sent after a 429 that bring a ban, and how long the first one lasts; it doubles each time. */
const PATIENCE = 20
const BAN_MS = 120_000
const LONGEST_BAN_MS = 3 * DAY

interface Window {
  start: number
  used: number
}

interface Caller {
  weight: Window
  raw: Window
  ignored: number
  bans: number
  bannedUntil: number
}

interface OrderWindows {
  tenSeconds: Window
  day: Window
}

function current(window: Window, now: number, length: number): Window {
  const start = now - (now % length)
  if (window.start !== start) {
    window.start = start
    window.used = 0
  }
  return window
}

const fresh = (): Window => ({ start: 0, used: 0 })

export interface RateLimitOptions {
  weightPerMinute: number
  ordersPer10s: number
  ordersPerDay: number
}

export const USUAL_LIMITS: RateLimitOptions = { weightPerMinute: 6000, ordersPer10s: 100, ordersPerDay: 200_000 }

/** Counts request weight per address and orders per account, in windows aligned on the clock. */
export class RateLimits {
  options: RateLimitOptions
  private readonly callers = new Map<string, Caller>()
  private readonly orders = new Map<number, OrderWindows>()

  constructor(options: RateLimitOptions = USUAL_LIMITS) {
    this.options = options
  }

  reset(options: RateLimitOptions = this.options): void {
    this.options = options
    this.callers.clear()
    this.orders.clear()
  }

  /** Charges a request before it is handled. Throws 429, or 418 for those who go on regardless. */
  charge(address: string, weight: number, now: number): void {
    const caller = this.caller(address)
    if (now < caller.bannedUntil) throw this.ban(caller, now)
    const window = current(caller.weight, now, MINUTE)
    if (window.used === 0) caller.ignored = 0
    window.used += weight
    current(caller.raw, now, 5 * MINUTE).used += 1
    if (window.used <= this.options.weightPerMinute) return
    caller.ignored += 1
    if (caller.ignored > PATIENCE) {
      caller.bannedUntil = now + Math.min(BAN_MS * 2 ** caller.bans, LONGEST_BAN_MS)
      caller.bans += 1
      caller.ignored = 0
      throw this.ban(caller, now)
    }
    const text = `Too much request weight used; current limit is ${this.options.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`
    throw new BinanceError(-1003, text, 429, retryAfter(window.start + MINUTE - now))
  }

  /** Gives back the weight of an order or a cancel that succeeded. */
  refund(address: string, weight: number): void {
    const caller = this.caller(address)
    caller.weight.used = Math.max(0, caller.weight.used - weight)
  }

  usedWeight(address: string, now: number): number {
    return current(this.caller(address).weight, now, MINUTE).used
  }

  /** Counts new orders of an account. Throws -1015 with 429 when there are too many. */
  countOrders(accountId: number, count: number, now: number): void {
    const { tenSeconds, day } = this.orderWindows(accountId, now)
    if (tenSeconds.used + count > this.options.ordersPer10s)
      throw new BinanceError(
        -1015,
        `Too many new orders; current limit is ${this.options.ordersPer10s} orders per 10 SECOND.`,
        429,
      )
    if (day.used + count > this.options.ordersPerDay)
      throw new BinanceError(
        -1015,
        `Too many new orders; current limit is ${this.options.ordersPerDay} orders per 1 DAY.`,
        429,
      )
    tenSeconds.used += count
    day.used += count
  }

  orderCounts(accountId: number, now: number): { tenSeconds: number; day: number } {
    const { tenSeconds, day } = this.orderWindows(accountId, now)
    return { tenSeconds: tenSeconds.used, day: day.used }
  }

  private orderWindows(accountId: number, now: number): OrderWindows {
    let windows = this.orders.get(accountId)
    if (windows === undefined) this.orders.set(accountId, (windows = { tenSeconds: fresh(), day: fresh() }))
    current(windows.tenSeconds, now, 10_000)
    current(windows.day, now, DAY)
    return windows
  }

  private ban(caller: Caller, now: number): BinanceError {
    const text = `Way too much request weight used; IP banned until ${caller.bannedUntil}. Please use WebSocket Streams for live updates to avoid bans.`
    return new BinanceError(-1003, text, 418, retryAfter(caller.bannedUntil - now))
  }

  private caller(address: string): Caller {
    let caller = this.callers.get(address)
    if (caller === undefined)
      this.callers.set(address, (caller = { weight: fresh(), raw: fresh(), ignored: 0, bans: 0, bannedUntil: 0 }))
    return caller
  }
}

const retryAfter = (ms: number): Record<string, string> => ({
  'Retry-After': String(Math.max(1, Math.ceil(ms / 1000))),
})
