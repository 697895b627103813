import { pgPool } from '@/lib/db/pool'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { z } from 'zod'

/** Stop and target that stood before, and for how much of the base asset. */
export interface PreviousExits {
  stopLoss: Amount | null
  takeProfit: Amount | null
  quantity: Amount
}

/** A sale that an alert wants first. The stop and target are then those of what it leaves. */
export interface WantedSale {
  /** Of what is free once the old ones are gone. */
  sizePercent: Amount
  /** Later it is too old to be placed. */
  placeBefore: EpochMs
  /** Its order, and what the position held then; null before it is in the journal. */
  placed: { clientOrderId: string; held: Amount } | null
}

/** Stop and target that an alert wants for a position, and for how much of it (percent). */
export interface WantedExits {
  webhookId: string
  stopLoss: Amount | null
  takeProfit: Amount | null
  sizePercent: Amount
  /** They are placed again when the exchange refuses the new ones; null where none stood. */
  previous: PreviousExits | null
  /** The orders of the new ones, once they are in the journal; null before. */
  placed: string[] | null
  /** Those of before are wanted (again). */
  isRestored: boolean
  /** Null where nothing is to be sold before. */
  sale: WantedSale | null
}

const prices = { stopLoss: z.string().nullable(), takeProfit: z.string().nullable() }
const stored = z.object({
  webhookId: z.string(),
  ...prices,
  sizePercent: z.string(),
  previous: z
    .object({ ...prices, quantity: z.string() })
    .nullable()
    .default(null),
  placed: z.array(z.string()).nullable().default(null),
  isRestored: z.boolean().default(false),
  sale: z
    .object({
      sizePercent: z.string(),
      placeBefore: z.number(),
      placed: z.object({ clientOrderId: z.string(), held: z.string() }).nullable(),
    })
    .nullable()
    .default(null),
})
const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))
const wire = (value: Amount | null): string | null => value && toWire(value)

/** Notes what is wanted. What an earlier alert wanted and did not get any more is overtaken. */
export async function setWantedExits(tx: Queryable, positionId: string, wanted: WantedExits): Promise<void> {
  const { webhookId, stopLoss, takeProfit, sizePercent, previous, placed, isRestored, sale } = wanted
  const text: z.input<typeof stored> = {
    webhookId,
    stopLoss: wire(stopLoss),
    takeProfit: wire(takeProfit),
    sizePercent: toWire(sizePercent),
    previous: previous && {
      stopLoss: wire(previous.stopLoss),
      takeProfit: wire(previous.takeProfit),
      quantity: toWire(previous.quantity),
    },
    placed,
    isRestored,
    sale: sale && {
      ...sale,
      sizePercent: toWire(sale.sizePercent),
      placed: sale.placed && { ...sale.placed, held: toWire(sale.placed.held) },
    },
  }
  await tx.query('UPDATE positions SET wanted_exits = $2 WHERE id = $1', [positionId, JSON.stringify(text)])
}

export async function readWantedExits(positionId: string, db: Queryable = pgPool()): Promise<WantedExits | null> {
  const { rows } = await db.query<{ wanted: unknown }>(
    'SELECT wanted_exits AS wanted FROM positions WHERE id = $1 AND wanted_exits IS NOT NULL',
    [positionId],
  )
  if (rows[0] === undefined) return null
  const { webhookId, stopLoss, takeProfit, sizePercent, previous, placed, isRestored, sale } = stored.parse(
    rows[0].wanted,
  )
  return {
    webhookId,
    stopLoss: amount(stopLoss),
    takeProfit: amount(takeProfit),
    sizePercent: parseDecimal(sizePercent),
    previous: previous && {
      stopLoss: amount(previous.stopLoss),
      takeProfit: amount(previous.takeProfit),
      quantity: parseDecimal(previous.quantity),
    },
    placed,
    isRestored,
    sale: sale && {
      ...sale,
      sizePercent: parseDecimal(sale.sizePercent),
      placed: sale.placed && { ...sale.placed, held: parseDecimal(sale.placed.held) },
    },
  }
}

/**
 * Notes the orders of what this webhook wants, in the place of those that were seen. False when it is not wanted any more, or
 * others are placed by now.
 */
export async function setPlacedExits(
  tx: Queryable,
  positionId: string,
  { webhookId, placed: seen }: Pick<WantedExits, 'webhookId' | 'placed'>,
  ids: string[],
  isRestored: boolean,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = wanted_exits || jsonb_build_object('placed', $3::jsonb, 'isRestored', $5::boolean)
     WHERE id = $1 AND wanted_exits->>'webhookId' = $2 AND coalesce(wanted_exits->'placed', 'null') = $4::jsonb`,
    [positionId, webhookId, JSON.stringify(ids), JSON.stringify(seen), isRestored],
  )
  return rowCount === 1
}

/** Notes the order of the sale that this webhook wants. False when it is not wanted any more, or is placed already. */
export async function setPlacedSale(
  tx: Queryable,
  positionId: string,
  webhookId: string,
  { clientOrderId, held }: NonNullable<WantedSale['placed']>,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = jsonb_set(wanted_exits, '{sale,placed}',
       jsonb_build_object('clientOrderId', $3::text, 'held', $4::text))
     WHERE id = $1 AND wanted_exits->>'webhookId' = $2 AND wanted_exits->'sale'->'placed' = 'null'`,
    [positionId, webhookId, clientOrderId, toWire(held)],
  )
  return rowCount === 1
}

/** Ends what this webhook wants. False when it is not wanted any more, or another webhook wants something else by now. */
export async function clearWantedExits(tx: Queryable, positionId: string, webhookId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = NULL WHERE id = $1 AND wanted_exits->>'webhookId' = $2`,
    [positionId, webhookId],
  )
  return rowCount === 1
}
