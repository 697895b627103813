import { z } from 'zod'
import type { Clock } from '@/lib/platform/clock'
import { LiveSource, reachesLive } from './live-source'
import { openReplay } from './replay-source'
import type { MarketSource } from './source'
import { SyntheticSource } from './synthetic-source'

/** Body of `PUT /_control/market`. */
export const marketRequestSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('live') }),
  z.strictObject({ source: z.literal('replay'), file: z.string().min(1), speed: z.number().positive().default(1) }),
  z.strictObject({ source: z.literal('synthetic'), seed: z.number().int().default(1) }),
])

export type MarketRequest = z.infer<typeof marketRequestSchema>

export interface MarketSettings {
  source: 'auto' | 'live' | 'replay' | 'synthetic'
  replayFile?: string | undefined
  replaySpeed?: number | undefined
  seed?: number | undefined
  liveRestUrl?: string | undefined
  liveWsUrl?: string | undefined
}

export interface LiveUrls {
  rest: string
  ws: string
}

export const liveUrlsOf = (settings: MarketSettings): LiveUrls => ({
  rest: settings.liveRestUrl ?? 'https://api.binance.com',
  ws: settings.liveWsUrl ?? 'wss://stream.binance.com:9443',
})

/** Opens a market as asked. Throws when a replay file cannot be read. */
export async function openMarket(request: MarketRequest, urls: LiveUrls, clock: Clock): Promise<MarketSource> {
  switch (request.source) {
    case 'live':
      return new LiveSource(urls, clock)
    case 'replay':
      return openReplay(request.file, request.speed, clock)
    case 'synthetic':
      return new SyntheticSource(request.seed, clock)
  }
}

/** What the settings mean now: `auto` is the live market where it answers quickly, else the file, else the synthetic one. */
export async function requestOf(settings: MarketSettings): Promise<MarketRequest> {
  const seed = settings.seed ?? 1
  const replay = (file: string): MarketRequest => ({ source: 'replay', file, speed: settings.replaySpeed ?? 1 })
  switch (settings.source) {
    case 'live':
      return { source: 'live' }
    case 'replay':
      if (settings.replayFile === undefined)
        throw new Error('MARKET_REPLAY_FILE is not set, and MARKET_SOURCE is replay.')
      return replay(settings.replayFile)
    case 'synthetic':
      return { source: 'synthetic', seed }
    case 'auto':
      if (await reachesLive(liveUrlsOf(settings).rest)) return { source: 'live' }
      return settings.replayFile === undefined ? { source: 'synthetic', seed } : replay(settings.replayFile)
  }
}
