import { relaxedPool } from '@/lib/db/pool'
import { statusList } from '@/lib/db/status-list'
import type { Balance } from '@/lib/domain/account/balance'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { IN_FLIGHT_STATUSES } from '@/lib/domain/order/status'

// What accounts hold, as their gateway last read it. A row may be used while the gateway listens to the account, and never
// when an order of the account is under way or was changed after the reading began.

/** A gateway that ended extends nothing any more; what it wrote is not used longer than this. */
const VALID_FOR = "interval '7 seconds'"

interface StoredBalance {
  asset: string
  free: string
  locked: string
}

export type KnownFundsJson = StoredBalance[] | null

/** Stores a reading that began at `readAt`. */
export async function storeFunds(brokerId: string, balances: Balance[], readAt: EpochMs): Promise<void> {
  const stored = balances.map(({ asset, free, locked }) => ({ asset, free: toWire(free), locked: toWire(locked) }))
  await relaxedPool().query(
    `INSERT INTO account_funds (broker_id, balances, read_at, valid_until)
     SELECT id, $2::jsonb, $3, now() + ${VALID_FOR} FROM brokers WHERE id = $1
     ON CONFLICT (broker_id) DO UPDATE SET balances = $2::jsonb, read_at = $3, valid_until = now() + ${VALID_FOR}`,
    [brokerId, JSON.stringify(stored), new Date(readAt)],
  )
}

/** The accounts are still listened to. What has expired stays so. */
export async function extendFunds(brokerIds: string[]): Promise<void> {
  if (brokerIds.length === 0) return
  await relaxedPool().query(
    `UPDATE account_funds SET valid_until = now() + ${VALID_FOR} WHERE broker_id = ANY($1::uuid[]) AND valid_until > now()`,
    [brokerIds],
  )
}

/** What is known of an account is of no use any more; of all accounts when none is named. */
export async function expireFunds(brokerId?: string): Promise<void> {
  await relaxedPool().query(
    "UPDATE account_funds SET valid_until = '-infinity' WHERE $1::uuid IS NULL OR broker_id = $1",
    [brokerId ?? null],
  )
}

/** SQL: the funds known of the account `b`, as JSON; NULL when an order's size must not be taken from them. */
export const KNOWN_FUNDS_JSON = `(SELECT f.balances FROM account_funds f WHERE f.broker_id = b.id AND f.valid_until > now()
  AND NOT EXISTS (SELECT 1 FROM trades t WHERE t.broker_id = b.id AND t.updated_at >= f.read_at)
  AND NOT EXISTS (SELECT 1 FROM trades t WHERE t.broker_id = b.id
    AND t.status IN ${statusList(['INITIALIZED', ...IN_FLIGHT_STATUSES])}
    AND (NOT t.is_emulated OR t.released_at IS NOT NULL)))`

/** What KNOWN_FUNDS_JSON gave. */
export const knownFundsOf = (known: KnownFundsJson): Balance[] | null =>
  known &&
  known.map((row) => {
    const [free, locked] = [parseDecimal(row.free), parseDecimal(row.locked)]
    return { asset: row.asset, free, locked, total: free.plus(locked) }
  })
