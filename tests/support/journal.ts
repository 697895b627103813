import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import type { TestAccount } from './account'
import { readLedger } from './account'
import { type Installation, until } from './installation'

export interface OrderRow {
  client_order_id: string
  status: string
  purpose: string
  side: string
  source: string
  filled_quantity: string
  limit_price: string | null
  stop_price: string | null
  realized_pnl: string | null
  error_code: string | null
  error_message: string | null
}

export interface PositionRow {
  id: string
  quantity: string
  cost: string
  average_entry_price: string
  dust_cost: string
  realized_pnl: string
  stop_loss: string | null
  take_profit: string | null
}

export interface DecisionRow {
  outcome: string
  kind: string | null
  reason: string
  error: string | null
  error_line: number | null
}

/** What the database says of runs. */
export function openJournal(installation: Installation) {
  const orders = (runId: string, purpose?: string): Promise<OrderRow[]> =>
    installation.query<OrderRow & Record<string, never>>(
      'SELECT * FROM trades WHERE run_id = $1 AND ($2::text IS NULL OR purpose::text = $2) ORDER BY created_at, client_order_id',
      [runId, purpose ?? null],
    )
  const position = async (runId: string): Promise<PositionRow | undefined> =>
    (
      await installation.query<PositionRow & Record<string, never>>('SELECT * FROM positions WHERE run_id = $1', [
        runId,
      ])
    )[0]
  const decisions = (runId: string): Promise<DecisionRow[]> =>
    installation.query<DecisionRow & Record<string, never>>(
      'SELECT * FROM strategy_decisions WHERE run_id = $1 ORDER BY id',
      [runId],
    )
  return {
    orders,
    position,
    decisions,
    /** Waits for both protective orders of a run to rest at the exchange. */
    protectedBy: (runId: string, limitMs = 20_000): Promise<{ target: OrderRow; stop: OrderRow }> =>
      until(
        async () => {
          const live = (await orders(runId)).filter((order) => order.status === 'ACCEPTED')
          const target = live.find((order) => order.purpose === 'TAKE_PROFIT')
          const stop = live.find((order) => order.purpose === 'STOP_LOSS')
          return target && stop && { target, stop }
        },
        limitMs,
        'protective orders',
        async () => ({ decisions: await decisions(runId), orders: await orders(runId) }),
      ),
    /** Waits until a run holds nothing and has nothing under way. */
    flat: (runId: string, limitMs = 25_000): Promise<PositionRow> =>
      until(
        async () => {
          const row = await position(runId)
          const all = await orders(runId)
          const isDone = all.every((order) =>
            ['FILLED', 'CANCELED', 'EXPIRED', 'REJECTED', 'DENIED'].includes(order.status),
          )
          return row !== undefined && parseDecimal(row.quantity).isZero() && isDone && all.length > 0 && row
        },
        limitMs,
        'flat position',
      ),
    decided: (runId: string, count = 1): Promise<DecisionRow[]> =>
      until(
        async () => {
          const rows = (await decisions(runId)).filter((row) => row.outcome !== 'PENDING')
          return rows.length >= count && rows
        },
        20_000,
        'decision',
      ),
  }
}

/** The exchange's own sum of one asset, free and locked. */
export async function totalOf(installation: Installation, account: TestAccount, asset: string): Promise<Amount> {
  const { balances } = await readLedger(installation, account)
  const balance = balances[asset]
  return balance === undefined ? parseDecimal('0') : parseDecimal(balance.free).plus(parseDecimal(balance.locked))
}
