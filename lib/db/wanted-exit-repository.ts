import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { z } from 'zod'

/** Stop and target that an alert wants for a position, and for how much of it (percent). */
export interface WantedExits {
  webhookId: string
  stopLoss: Amount | null
  takeProfit: Amount | null
  sizePercent: Amount
}

const stored = z.object({
  webhookId: z.string(),
  stopLoss: z.string().nullable(),
  takeProfit: z.string().nullable(),
  sizePercent: z.string(),
})
const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))

/** Notes what is wanted. What an earlier alert wanted and did not get any more is overtaken. */
export async function setWantedExits(tx: Queryable, positionId: string, wanted: WantedExits): Promise<void> {
  const text: z.input<typeof stored> = {
    webhookId: wanted.webhookId,
    stopLoss: wanted.stopLoss && toWire(wanted.stopLoss),
    takeProfit: wanted.takeProfit && toWire(wanted.takeProfit),
    sizePercent: toWire(wanted.sizePercent),
  }
  await tx.query('UPDATE positions SET wanted_exits = $2 WHERE id = $1', [positionId, JSON.stringify(text)])
}

export async function readWantedExits(positionId: string, db: Queryable = pgPool()): Promise<WantedExits | null> {
  const { rows } = await db.query<{ wanted: unknown }>(
    'SELECT wanted_exits AS wanted FROM positions WHERE id = $1 AND wanted_exits IS NOT NULL',
    [positionId],
  )
  if (rows[0] === undefined) return null
  const { webhookId, stopLoss, takeProfit, sizePercent } = stored.parse(rows[0].wanted)
  return {
    webhookId,
    stopLoss: amount(stopLoss),
    takeProfit: amount(takeProfit),
    sizePercent: parseDecimal(sizePercent),
  }
}

/** Ends what this webhook wants. False when it is not wanted any more, or another webhook wants something else by now. */
export async function clearWantedExits(tx: Queryable, positionId: string, webhookId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = NULL WHERE id = $1 AND wanted_exits->>'webhookId' = $2`,
    [positionId, webhookId],
  )
  return rowCount === 1
}

/** Positions whose stop and target are being exchanged. */
export async function findPositionsWantingExits(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>('SELECT id FROM positions WHERE wanted_exits IS NOT NULL')
  return rows.map((row) => row.id)
}
