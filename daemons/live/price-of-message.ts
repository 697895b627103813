import { z } from 'zod'
import type { EpochMs } from '@/lib/domain/market/timeframe'

const tradeSchema = z.object({
  e: z.enum(['trade', 'aggTrade']),
  p: z.string().regex(/^\d+(\.\d+)?$/),
  T: z.number().int(),
})
const messageSchema = z.union([z.object({ data: tradeSchema }).transform((message) => message.data), tradeSchema])

/** Price and time of a raw Binance trade message, single or combined stream; null for any other message. */
export function priceOfMessage(text: string): { price: string; time: EpochMs } | null {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return null
  }
  const trade = messageSchema.safeParse(message)
  return trade.success ? { price: trade.data.p, time: trade.data.T } : null
}
