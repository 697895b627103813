import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'
import type { Order } from '../matching/order'
import type { Rules } from '../matching/rules'
import { BitgetError, type Dialect } from './errors'
import { createdTimeOf } from './ids'
import type { Params } from './params'

export interface Context {
  exchange: Exchange
  params: Params
  /** The exchange's clock, epoch ms. */
  now: number
}

export interface SignedContext extends Context {
  account: Account
  dialect: Dialect
  /** A new client id, for those who send none. */
  newId: () => string
}

/** Public, or of one of the two account systems. `perSecond` counts per address or per account. */
type Endpoint =
  | { access: 'PUBLIC'; perSecond: number; handle: (context: Context) => unknown }
  | { access: Dialect; perSecond: number; handle: (context: SignedContext) => unknown }

/** By `METHOD /path`. */
export type Endpoints = Record<string, Endpoint>

export const open = (perSecond: number, handle: (context: Context) => unknown): Endpoint => ({
  access: 'PUBLIC',
  perSecond,
  handle,
})
export const classic = (perSecond: number, handle: (context: SignedContext) => unknown): Endpoint => ({
  access: 'CLASSIC',
  perSecond,
  handle,
})
export const unified = (perSecond: number, handle: (context: SignedContext) => unknown): Endpoint => ({
  access: 'UNIFIED',
  perSecond,
  handle,
})

/** The rules of the pair that `symbol` names. Throws 40019 and 40034. */
export function symbolOf({ exchange, params }: Context): Rules {
  const symbol = params.required('symbol')
  const rules = exchange.rulesOf(symbol)
  if (rules === undefined) throw new BitgetError('40034', `Parameter ${symbol} does not exist`)
  return rules
}

/** The same where the pair may be left out. */
export const optionalSymbol = (context: Context): string | undefined =>
  context.params.text('symbol') === undefined ? undefined : symbolOf(context).symbol

/** UTA calls name their product; the paper exchange has the spot market only. */
export function spotOnly({ params }: Context): void {
  const category = params.required('category')
  if (category !== 'SPOT') throw new BitgetError('40020', 'Parameter category error')
}

/** Milliseconds of the longest span that a history answers. */
const NINETY_DAYS = 90 * 86_400_000

/** Times of a history call: not further apart nor further back than ninety days. Throws 40705, 40707. */
export function timesOf({ params, now }: Context): { from: number; to: number | undefined } {
  const from = params.integer('startTime')
  const to = params.integer('endTime')
  if (from !== undefined && to !== undefined) {
    if (from > to) throw new BitgetError('40707', 'Start time is greater than end time')
    if (to - from > NINETY_DAYS) throw new BitgetError('40705', 'The start and end time cannot exceed 90 days')
  }
  return { from: Math.max(from ?? 0, now - NINETY_DAYS), to }
}

/** Whether a plain order came into being within the times of the call. */
export function isWithinTimes(context: Context): (order: Order) => boolean {
  const { from, to } = timesOf(context)
  return (order) => createdTimeOf(order) >= from && createdTimeOf(order) <= (to ?? Infinity)
}
