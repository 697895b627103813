import { z } from 'zod'

// What crosses the border between the engine and the sandboxed process. Numbers inside are doubles: exact decimals begin
// again where an answer becomes an order.

/** Columns of closed candles, oldest first, and the account's state. */
export interface SandboxInput {
  openTime: number[]
  open: number[]
  high: number[]
  low: number[]
  close: number[]
  volume: number[]
  /** Close time of the last candle: the only clock a strategy sees. */
  closeTime: number
  balance: number
  position: {
    quantity: number
    entryPrice: number
    stopLoss: number | null
    takeProfit: number | null
    openedAt: number
  } | null
}

const log = z.array(z.string().max(200)).max(50)

/** What the sandbox may answer. Everything in it is a stranger's word and checked by this schema. */
export const sandboxAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('HOLD'), log }),
  z.object({ kind: z.literal('EXIT'), log }),
  z.object({ kind: z.literal('ENTER'), size: z.unknown(), stopLoss: z.unknown(), takeProfit: z.unknown(), log }),
  z.object({ kind: z.literal('ERROR'), message: z.string().max(500), line: z.number().int().positive().nullable() }),
])
export type SandboxAnswer = z.input<typeof sandboxAnswer>

/** One request to the sandboxed process; it answers each with `{ id, text }`. */
export interface SandboxRequest {
  id: number
  /** The strategy's JavaScript, as compileStrategy made it. */
  script: string
  /** JSON of a SandboxInput. */
  input: string
}

export const sandboxReply = z.object({ id: z.number().int(), text: z.string().max(100_000) })
