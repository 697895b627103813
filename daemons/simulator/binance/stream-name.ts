import { INTERVAL_MS } from '../market/interval'

/** A market stream by its parts. */
export type StreamKind =
  | { kind: 'trade' | 'aggTrade' | 'ticker' | 'miniTicker' | 'bookTicker' | 'depth' | 'avgPrice'; symbol: string }
  | { kind: 'partialDepth'; symbol: string; levels: number }
  | { kind: 'kline'; symbol: string; interval: string }
  | { kind: 'allMiniTickers' }

const PLAIN = ['trade', 'aggTrade', 'ticker', 'miniTicker', 'bookTicker', 'avgPrice'] as const

/** Reads a stream name such as `btcusdt@kline_1m`; null for one that does not exist. */
export function parseStream(name: string): StreamKind | null {
  if (name === '!miniTicker@arr') return { kind: 'allMiniTickers' }
  const at = name.indexOf('@')
  if (at <= 0) return null
  const symbol = name.slice(0, at).toUpperCase()
  const rest = name.slice(at + 1)
  const plain = PLAIN.find((kind) => kind === rest)
  if (plain !== undefined) return { kind: plain, symbol }
  const depth = /^depth(5|10|20)?(@(100|1000)ms)?$/.exec(rest)
  if (depth !== null)
    return depth[1] === undefined
      ? { kind: 'depth', symbol }
      : { kind: 'partialDepth', symbol, levels: Number(depth[1]) }
  const interval = /^kline_(\w+)$/.exec(rest)?.[1]
  return interval !== undefined && INTERVAL_MS[interval] !== undefined ? { kind: 'kline', symbol, interval } : null
}
