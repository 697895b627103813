import type { Env } from '@/lib/platform/env'

/** What the status bar says of the market: LIVE, or REPLAY or SYNTHETIC where the paper exchange plays it. */
export function marketSourceOf(
  env: Pick<Env, 'BINANCE_MARKET_WS_URL' | 'SIMULATOR_HOST' | 'MARKET_SOURCE' | 'MARKET_REPLAY_FILE'>,
): string {
  const { hostname } = new URL(env.BINANCE_MARKET_WS_URL)
  const isSimulated =
    hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]' || hostname === env.SIMULATOR_HOST
  if (!isSimulated || env.MARKET_SOURCE === 'live') return 'LIVE'
  if (env.MARKET_SOURCE === 'replay') return 'REPLAY'
  return env.MARKET_SOURCE === 'auto' && env.MARKET_REPLAY_FILE !== undefined ? 'REPLAY' : 'SYNTHETIC'
}
