import type { Exchange } from '../exchange'
import type { Account } from '../matching/account'
import type { Rules } from '../matching/rules'
import type { DeadMan } from './dead-man'
import { noSuchSymbol } from './errors'
import { rulesOfName } from './native'
import type { Params } from './params'
import type { Pool } from './rate-limits'
import type { StopBook } from './stop-book'
import type { StreamTokens } from './stream-tokens'

export interface Context {
  exchange: Exchange
  stops: StopBook
  deadMan: DeadMan
  tokens: StreamTokens
  params: Params
  /** The exchange's clock, epoch ms. */
  now: number
  newId: () => string
  /** Where the client reached us, `host:port`. */
  host: string
}

export interface SignedContext extends Context {
  account: Account
}

interface Common {
  pool: Pool
  weight: number
}

export type Endpoint =
  | (Common & { isSigned: false; handle: (context: Context) => unknown })
  | (Common & { isSigned: true; handle: (context: SignedContext) => unknown })

/** By `METHOD /path`, where a segment in braces stands for any text. */
export type Endpoints = Record<string, Endpoint>

export const open = (pool: Pool, weight: number, handle: (context: Context) => unknown): Endpoint => ({
  pool,
  weight,
  isSigned: false,
  handle,
})
export const signed = (pool: Pool, weight: number, handle: (context: SignedContext) => unknown): Endpoint => ({
  pool,
  weight,
  isSigned: true,
  handle,
})

/** The rules of the pair named by `symbol`. Throws 400100 or 900001. */
export function pairOf({ exchange, params }: Context): Rules {
  const rules = rulesOfName(exchange, params.required('symbol'))
  if (rules === undefined) throw noSuchSymbol()
  return rules
}

/** The same where the parameter may be absent. */
export const pairIfNamed = (context: Context): Rules | undefined =>
  context.params.text('symbol') === undefined ? undefined : pairOf(context)

/** Finds what serves a call: exact names first, then those with a segment in braces. */
export function routerOf(endpoints: Endpoints) {
  const exact = new Map<string, Endpoint>()
  const patterns: { test: RegExp; endpoint: Endpoint }[] = []
  for (const [name, endpoint] of Object.entries(endpoints)) {
    if (!name.includes('{')) exact.set(name, endpoint)
    else patterns.push({ test: new RegExp(`^${name.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), endpoint })
  }
  return (name: string): { endpoint: Endpoint; path: Record<string, string> } | undefined => {
    const found = exact.get(name)
    if (found !== undefined) return { endpoint: found, path: {} }
    for (const { test, endpoint } of patterns) {
      const match = test.exec(name)
      if (match !== null) return { endpoint, path: { ...match.groups } }
    }
    return undefined
  }
}
