import { z } from 'zod'
import { isObject } from './shape'
import type { MarketTrade } from './source'

const schema = z.object({
  e: z.literal('aggTrade'),
  E: z.number(),
  s: z.string(),
  a: z.number(),
  p: z.string(),
  q: z.string(),
  f: z.number(),
  l: z.number(),
  T: z.number(),
  m: z.boolean(),
})

/** Reads Binance's aggTrade message. Throws when it is something else. */
export function tradeOfMessage(message: unknown, raw: string): MarketTrade {
  const { E, s, a, p, q, f, l, T, m } = isAggTrade(message) ? message : schema.parse(message)
  return {
    symbol: s,
    id: a,
    firstId: f,
    lastId: l,
    price: p,
    quantity: q,
    tradeTime: T,
    eventTime: E,
    isBuyerMaker: m,
    raw,
  }
}

/** The quick look that nearly all messages pass; the schema names what is wrong with the others. */
const isAggTrade = (message: unknown): message is z.infer<typeof schema> =>
  isObject(message) &&
  message['e'] === 'aggTrade' &&
  typeof message['s'] === 'string' &&
  typeof message['p'] === 'string' &&
  typeof message['q'] === 'string' &&
  typeof message['E'] === 'number' &&
  typeof message['T'] === 'number' &&
  typeof message['a'] === 'number' &&
  typeof message['f'] === 'number' &&
  typeof message['l'] === 'number' &&
  typeof message['m'] === 'boolean'
