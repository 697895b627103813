import { z } from 'zod'
import { type Role, startRole } from '@/bench/role'

const arrival = z.object({ symbol: z.string(), amount: z.string(), at: z.number() })

/** The exchange's door in its own process, and the orders that arrive there. */
export interface Door {
  role: Role
  url: string
  /** Resolves to the time at which an order of this quote amount arrives, or has arrived. */
  arrivalOf(amount: string): Promise<number>
  /** Arrivals in a market so far. */
  arrivalsIn(symbol: string): number[]
}

const LIMIT_MS = 20_000

export async function openDoor(port: number): Promise<Door> {
  const role = await startRole('door', { DOOR_PORT: String(port) })
  const arrived = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  const bySymbol = new Map<string, number[]>()
  role.onMessage((message) => {
    const parsed = arrival.safeParse(message)
    if (!parsed.success) return
    const { symbol, at } = parsed.data
    const amount = (+parsed.data.amount).toFixed(2)
    bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), at])
    arrived.set(amount, at)
    waiting.get(amount)?.(at)
  })
  return {
    role,
    url: `http://127.0.0.1:${port}`,
    arrivalOf: (amount) =>
      new Promise((resolve, reject) => {
        const at = arrived.get(amount)
        if (at !== undefined) {
          resolve(at)
          return
        }
        const late = setTimeout(() => reject(new Error(`the order for ${amount} never arrived`)), LIMIT_MS)
        waiting.set(amount, (time) => {
          clearTimeout(late)
          waiting.delete(amount)
          resolve(time)
        })
      }),
    arrivalsIn: (symbol) => bySymbol.get(symbol) ?? [],
  }
}
