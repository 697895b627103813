import { pgPool } from '@/lib/db/pool'
import { statusList } from '@/lib/db/status-list'
import type { Queryable } from '@/lib/db/transaction'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { LIVE_STATUSES } from '@/lib/domain/order/status'
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
  /** Once it is in the journal; null before. */
  clientOrderId: string | null
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
  sale: z
    .object({ sizePercent: z.string(), placeBefore: z.number(), clientOrderId: z.string().nullable() })
    .nullable()
    .default(null),
})
const amount = (text: string | null): Amount | null => (text === null ? null : parseDecimal(text))
const wire = (value: Amount | null): string | null => value && toWire(value)

/** Notes what is wanted. What an earlier alert wanted and did not get any more is overtaken. */
export async function setWantedExits(tx: Queryable, positionId: string, wanted: WantedExits): Promise<void> {
  const { webhookId, stopLoss, takeProfit, sizePercent, previous, placed, sale } = wanted
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
    sale: sale && { ...sale, sizePercent: toWire(sale.sizePercent) },
  }
  await tx.query('UPDATE positions SET wanted_exits = $2 WHERE id = $1', [positionId, JSON.stringify(text)])
}

export async function readWantedExits(positionId: string, db: Queryable = pgPool()): Promise<WantedExits | null> {
  const { rows } = await db.query<{ wanted: unknown }>(
    'SELECT wanted_exits AS wanted FROM positions WHERE id = $1 AND wanted_exits IS NOT NULL',
    [positionId],
  )
  if (rows[0] === undefined) return null
  const { webhookId, stopLoss, takeProfit, sizePercent, previous, placed, sale } = stored.parse(rows[0].wanted)
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
    sale: sale && { ...sale, sizePercent: parseDecimal(sale.sizePercent) },
  }
}

/** Notes the orders of what this webhook wants. False when it is not wanted any more, or they are placed already. */
export async function setPlacedExits(
  tx: Queryable,
  positionId: string,
  webhookId: string,
  ids: string[],
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = wanted_exits || jsonb_build_object('placed', $3::jsonb)
     WHERE id = $1 AND wanted_exits->>'webhookId' = $2 AND coalesce(wanted_exits->'placed', 'null') = 'null'`,
    [positionId, webhookId, JSON.stringify(ids)],
  )
  return rowCount === 1
}

/** Notes the order of the sale that this webhook wants. False when it is not wanted any more, or is placed already. */
export async function setPlacedSale(
  tx: Queryable,
  positionId: string,
  webhookId: string,
  clientOrderId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE positions SET wanted_exits = jsonb_set(wanted_exits, '{sale,clientOrderId}', to_jsonb($3::text))
     WHERE id = $1 AND wanted_exits->>'webhookId' = $2 AND wanted_exits->'sale'->'clientOrderId' = 'null'`,
    [positionId, webhookId, clientOrderId],
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

/**
 * Positions whose stop and target are being exchanged, and closed ones that have some left. The other leg of a pair is given a
 * moment to go by itself.
 */
export async function findPositionsWantingExits(): Promise<string[]> {
  const { rows } = await pgPool().query<{ id: string }>(
    `SELECT id FROM positions WHERE wanted_exits IS NOT NULL
     UNION SELECT p.id FROM trades t JOIN positions p ON p.id = t.position_id AND p.run_id IS NULL AND p.quantity = 0
       WHERE t.status IN ${statusList(LIVE_STATUSES)} AND t.purpose IN ('STOP_LOSS', 'TAKE_PROFIT')
         AND t.cancel_requested_at IS NULL AND (t.group_id IS NULL OR p.updated_at < now() - interval '2 seconds')`,
  )
  return rows.map((row) => row.id)
}
