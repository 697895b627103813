import { z } from 'zod'

// High-rate streams a browser asks for by name while a screen shows them, already thinned out by the sidecar.

/** Path of the socket, on the pages' own origin. */
export const LIVE_PATH = '/rt'

const CHANNELS = ['raw', 'price'] as const
export type Channel = (typeof CHANNELS)[number]
export const channelSchema = z.enum(CHANNELS)

/** Client to server: start or stop receiving a channel. */
export const WATCH = 'channel.watch'
export const UNWATCH = 'channel.unwatch'

const epochMs = z.number().int().nonnegative()

/** Event of channel `raw`: the newest raw market messages, oldest first. */
export const RAW_EVENT = 'market.raw'
export const rawBatchSchema = z.array(
  z.object({ id: z.number(), symbol: z.string(), receivedAt: epochMs, text: z.string() }),
)
export type RawMessage = z.infer<typeof rawBatchSchema>[number]

/** Event of channel `price`: last trade price per symbol, with the range since the previous one for the chart's live bar. */
export const PRICE_EVENT = 'market.price'
export const priceSchema = z.object({
  symbol: z.string(),
  price: z.string(),
  high: z.string(),
  low: z.string(),
  time: epochMs,
})
export type PriceTick = z.infer<typeof priceSchema>
