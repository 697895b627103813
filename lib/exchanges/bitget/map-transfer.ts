import type { Transfer } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import type { BitgetBill } from '@/lib/exchanges/bitget/schemas'
import type { FinancialRecord } from '@/lib/exchanges/bitget/unified-schemas'
import { amountOf } from '@/lib/exchanges/bitget/words'
import { transferKindOf } from '@/lib/exchanges/transfer-kind'

interface Row {
  id: string
  word: string
  asset: string
  amount: Amount
  /** With or without its sign. */
  fee: Amount
  time: EpochMs
}

/** A record and, apart from it, its fee: whether the amount holds the fee is not documented. */
function transfersOf({ id, word, asset, amount, fee, time }: Row): Transfer[] {
  const common = { asset: asset.toUpperCase(), time, note: word, isReturned: false }
  const whole: Transfer = { ...common, exchangeTransferId: id, kind: transferKindOf(word), amount }
  if (fee.isZero()) return [whole]
  return [whole, { ...common, exchangeTransferId: `${id}-fee`, kind: 'FEE', amount: fee.abs().negated() }]
}

/** A line of a Classic account's statement; none for executions, which the fills tell. */
export function mapBill(bill: BitgetBill): Transfer[] {
  const { billId: id, businessType: word, coin: asset, size, fees, cTime } = bill
  if (bill.groupType.toLowerCase() === 'transaction' && transferKindOf(word) !== 'FEE') return []
  return transfersOf({ id, word, asset, amount: parseDecimal(size), fee: amountOf(fees), time: +cTime })
}

/** The same of a unified account. */
export function mapFinancialRecord(record: FinancialRecord): Transfer[] {
  const { id, type: word, coin: asset, amount, fee, ts } = record
  if (word.toUpperCase().startsWith('ORDER_DEALT')) return []
  return transfersOf({ id, word, asset, amount: parseDecimal(amount), fee: amountOf(fee), time: +ts })
}
