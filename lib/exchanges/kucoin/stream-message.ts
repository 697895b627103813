import { z } from 'zod'
import { parseLossless } from '@/lib/exchanges/http/lossless-json'

/** Messages of the classic streams. */
const messageSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  type: z.string(),
  topic: z.string().optional(),
  subject: z.string().optional(),
  data: z.unknown().optional(),
})
type StreamMessage = z.infer<typeof messageSchema>

/** Answers and messages of the streams of unified accounts. */
const unifiedMessageSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  result: z.boolean().optional(),
  reason: z.string().optional(),
  /** `orderAll.UNIFIED` */
  T: z.string().optional(),
  d: z.unknown().optional(),
  type: z.string().optional(),
})
type UnifiedMessage = z.infer<typeof unifiedMessageSchema>

const parse = (text: string): unknown => {
  try {
    return parseLossless(text)
  } catch {
    return undefined
  }
}

export const parseMessage = (text: string): StreamMessage | undefined => messageSchema.safeParse(parse(text)).data
export const parseUnified = (text: string): UnifiedMessage | undefined =>
  unifiedMessageSchema.safeParse(parse(text)).data
