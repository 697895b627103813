import type { Amount } from '@/lib/domain/money/decimal'
import { toWire } from '@/lib/domain/money/decimal'
import type { Exchange } from '../exchange'
import type { Rules } from '../matching/rules'

// Names, ids and numbers as KuCoin writes them.

/** `BTC-USDT`. */
export const nativeSymbolOf = (rules: Rules): string => `${rules.baseAsset}-${rules.quoteAsset}`

/** The rules of the pair that KuCoin calls `name`, or undefined. */
export function rulesOfName(exchange: Exchange, name: string): Rules | undefined {
  const rules = exchange.rulesOf(name.replace('-', ''))
  return rules !== undefined && nativeSymbolOf(rules) === name ? rules : undefined
}

/** KuCoin's name of a pair of the engine. */
export const nameOfPair = (exchange: Exchange, symbol: string): string => {
  const rules = exchange.rulesOf(symbol)
  return rules === undefined ? symbol : nativeSymbolOf(rules)
}

export const wire = (amount: Amount | null): string => (amount === null ? '0' : toWire(amount))

/** The stop orders' endpoints write all twenty decimals. */
export const wire20 = (amount: Amount | null): string | null => (amount === null ? null : amount.toFixed(20))

// Each store has ids of its own form: 24 hexadecimal digits for orders, `vs...` for stop orders, another prefix for OCO
// pairs, decimal numbers in unified accounts.
const ORDER = '6761'
const OCO = '674c'
const STOP = 'vs93g'
const UNIFIED = 430_000_000_000_000_000n

const hex = (prefix: string, id: number): string => prefix + id.toString(16).padStart(20, '0')
const fromHex = (prefix: string, text: string): number | undefined =>
  text.startsWith(prefix) && /^[0-9a-f]{24}$/.test(text) ? parseInt(text.slice(4), 16) : undefined

export const orderIdOf = (id: number): string => hex(ORDER, id)
export const orderIdFrom = (text: string): number | undefined => fromHex(ORDER, text)
export const ocoIdOf = (id: number): string => hex(OCO, id)
export const ocoIdFrom = (text: string): number | undefined => fromHex(OCO, text)
export const stopIdOf = (id: number): string => STOP + id.toString(36).padStart(19, '0')
export const stopIdFrom = (text: string): number | undefined =>
  text.startsWith(STOP) && /^[0-9a-z]{24}$/.test(text) ? parseInt(text.slice(STOP.length), 36) : undefined

/** In unified accounts stop orders count in odd numbers and orders in even ones. */
export const unifiedOrderIdOf = (id: number): string => (UNIFIED + BigInt(id) * 2n).toString()
export const unifiedStopIdOf = (id: number): string => (UNIFIED + BigInt(id) * 2n + 1n).toString()
export function unifiedIdFrom(text: string): { kind: 'ORDER' | 'STOP'; id: number } | undefined {
  if (!/^\d{18}$/.test(text)) return undefined
  const offset = BigInt(text) - UNIFIED
  return offset < 0n ? undefined : { kind: offset % 2n === 0n ? 'ORDER' : 'STOP', id: Number(offset / 2n) }
}

/** Trade ids are whole numbers beyond what a JavaScript number holds exactly. */
export const tradeIdOf = (id: number): string => (11_029_373_945_659_392n + BigInt(id)).toString()

/** Milliseconds as nanoseconds. */
export const nanosOf = (ms: number): string => `${Math.round(ms)}000000`

const MARK = '@@'

/** A whole number of any size, to be written as a JSON number by `toJson`. */
export const bigNumber = (digits: string): string => MARK + digits + MARK

/** JSON with the numbers that JavaScript cannot hold written as such. */
export const toJson = (value: unknown): string => JSON.stringify(value).replace(/"@@(\d+)@@"/g, '$1')

/** The end of an order that was good till a time when it was placed at `now`. */
export const endOf = (echo: Record<string, string>, now: number): number | null =>
  echo['cancelAfter'] === undefined ? null : now + Number(echo['cancelAfter']) * 1000
