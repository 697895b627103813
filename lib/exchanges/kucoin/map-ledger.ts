import type { Transfer } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { KucoinLedgerEntry } from '@/lib/exchanges/kucoin/schemas'
import type { UnifiedLedgerEntry } from '@/lib/exchanges/kucoin/unified-schemas'
import { transferKindOf } from '@/lib/exchanges/transfer-kind'

const DAY = 86_400_000
/** KuCoin keeps an account's ledger for some three months. */
const KEPT = 90 * DAY
const PAGE = 200

/** What the fills tell already. */
const TRADES = ['TRADE_EXCHANGE', 'SPOT_EXCHANGE']

interface Row {
  id: string | number
  currency: string
  /** Without sign, fees included. */
  amount: string
  direction: string
}

function transferOf(row: Row, word: string, time: EpochMs): Transfer | null {
  if (TRADES.includes(word.toUpperCase())) return null
  const amount = parseDecimal(row.amount).abs()
  return {
    exchangeTransferId: String(row.id),
    kind: transferKindOf(word),
    asset: row.currency,
    amount: row.direction.toLowerCase() === 'out' ? amount.negated() : amount,
    time,
    note: word,
    isReturned: false,
  }
}

/** A line of a classic account's ledger; null for an execution. */
export const mapLedgerEntry = (row: KucoinLedgerEntry): Transfer | null => transferOf(row, row.bizType, +row.createdAt)

/** The same of a unified account, with nanoseconds. */
export const mapUnifiedLedgerEntry = (row: UnifiedLedgerEntry): Transfer | null =>
  transferOf(row, row.businessType, Math.floor(+row.ts / 1e6))

/** Reads a ledger from a time on, day by day: it answers a day at most, newest first. Oldest first comes out. */
export async function readLedger<Entry extends { id: string | number }>(
  page: (params: Record<string, string>, size: string) => Promise<Entry[]>,
  fromTime: EpochMs,
  now: EpochMs,
): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let startAt = Math.max(fromTime, now - KEPT); startAt <= now; startAt += DAY) {
    const span = { startAt: startAt.toFixed(), endAt: (startAt + DAY - 1).toFixed() }
    const day: Entry[] = []
    for (let lastId = ''; ; ) {
      const rows = await page({ ...span, ...(lastId === '' ? {} : { lastId }) }, PAGE.toFixed())
      day.push(...rows)
      const following = String(rows.at(-1)?.id ?? '')
      if (rows.length < PAGE || following === lastId) break
      lastId = following
    }
    entries.push(...day.reverse())
  }
  return entries
}
