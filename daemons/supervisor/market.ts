import type { Env } from '@/lib/platform/env'

export type MarketSource = 'live' | 'replay' | 'synthetic'

// A name that does not resolve, or an answer that does not come, must not hold the start up.
const PROBE_MS = 800

async function isLiveReachable(restUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/api/v3/ping', restUrl), { signal: AbortSignal.timeout(PROBE_MS) })
    return answer.ok
  } catch {
    return false
  }
}

/** What market this installation follows: the live one where it can be reached, else a recorded file, else a synthetic one. */
export async function resolveMarket(env: Env): Promise<MarketSource> {
  if (env.MARKET_SOURCE !== 'auto') return env.MARKET_SOURCE
  if (await isLiveReachable(env.BINANCE_MARKET_REST_URL)) return 'live'
  return env.MARKET_REPLAY_FILE === undefined ? 'synthetic' : 'replay'
}

/** The settings that follow from it: away from the live market, the heartbeat listens to the paper exchange. */
export function marketEnvironment(source: MarketSource, env: Env): Record<string, string> {
  if (source === 'live') return { MARKET_SOURCE: source }
  const host = `${env.SIMULATOR_HOST}:${env.SIMULATOR_PORT}/binance`
  return { MARKET_SOURCE: source, BINANCE_MARKET_REST_URL: `http://${host}`, BINANCE_MARKET_WS_URL: `ws://${host}` }
}

export const describeMarket = (source: MarketSource, env: Env): string =>
  ({
    live: 'the live Binance market',
    replay: `a recorded market (${env.MARKET_REPLAY_FILE ?? 'no file given'})`,
    synthetic: `a synthetic market (seed ${env.MARKET_SEED})${env.MARKET_SOURCE === 'auto' ? '; the live one cannot be reached from here' : ''}`,
  })[source]
