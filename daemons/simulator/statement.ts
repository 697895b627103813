import type { Amount } from '@/lib/domain/money/decimal'
import type { Exchange } from './exchange'
import type { Account } from './matching/account'
import type { Execution } from './matching/order'
import { isIncoming, type TransferRecord } from './store/transfer'

/** One change of one asset of an account. */
export interface StatementEntry {
  /** Rises with time; the same for the same entry at every question. */
  id: bigint
  time: number
  asset: string
  /** With its sign, the fee taken off. */
  amount: Amount
  /** Without sign. */
  fee: Amount
  /** Of the asset, after the entry. */
  balance: Amount
  cause: { execution: Execution } | { transfer: TransferRecord }
}

/** Room for what happens within a millisecond: executions below, transfers above. */
const PER_MS = 1_000_000n
const TRANSFERS = 500_000n

type Entry = Omit<StatementEntry, 'balance'>

function entriesOf(exchange: Exchange, execution: Execution): Entry[] {
  const rules = exchange.rulesOf(execution.symbol)
  if (rules === undefined) return []
  const { side, quantity, quoteQuantity, fee, feeAsset, time } = execution
  const sign = side === 'BUY' ? 1 : -1
  const moves = new Map([
    [rules.baseAsset, quantity.times(sign)],
    [rules.quoteAsset, quoteQuantity.times(-sign)],
  ])
  if (!moves.has(feeAsset)) moves.set(feeAsset, fee.times(0))
  const first = BigInt(time) * PER_MS + ((BigInt(execution.id) * 4n) % TRANSFERS)
  return [...moves].map(([asset, amount], index) => {
    const own = asset === feeAsset ? fee : fee.times(0)
    return { id: first + BigInt(index), time, asset, amount: amount.minus(own), fee: own, cause: { execution } }
  })
}

function entryOf(transfer: TransferRecord): Entry {
  const { id, time, asset, amount, fee } = transfer
  const moved = isIncoming(transfer) ? amount.minus(fee) : amount.plus(fee).negated()
  const entryId = BigInt(time) * PER_MS + TRANSFERS + (BigInt(id) % TRANSFERS)
  return { id: entryId, time, asset, amount: moved, fee, cause: { transfer } }
}

/** Everything that changed the funds of an account between two times, newest first. */
export function statementOf(exchange: Exchange, account: Account, from: number, to: number): StatementEntry[] {
  const { store } = exchange
  const { id } = account.record
  const executions = store.newestExecutions(id, { from, limit: Number.MAX_SAFE_INTEGER })
  const entries = [
    ...executions.flatMap((execution) => entriesOf(exchange, execution)),
    ...store.transfers(id, from, Number.MAX_SAFE_INTEGER).map(entryOf),
  ].sort((a, b) => (a.id < b.id ? 1 : -1))
  // Backwards from what the account holds now.
  const balances = new Map<string, Amount>()
  return entries
    .map((entry) => {
      const { free, locked } = account.ledger.of(entry.asset)
      const balance = balances.get(entry.asset) ?? free.plus(locked)
      balances.set(entry.asset, balance.minus(entry.amount))
      return { ...entry, balance }
    })
    .filter(({ time }) => time <= to)
}
