import type { Transfer } from '@/lib/domain/account/transfer'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { BinanceDeposit, BinanceTransfer, BinanceWithdrawal } from '@/lib/exchanges/binance/wallet-schemas'

const FUNDING_WALLET = 1
/** Credited; 6: credited, not to be withdrawn yet. */
const CREDITED = [1, 6]
/** Canceled, rejected, failed. Before that the funds have left the balance already. */
const GIVEN_BACK = [1, 3, 5]

/** A deposit to the spot wallet; null while it is not credited. */
export function mapDeposit(row: BinanceDeposit): Transfer | null {
  const { coin, status, insertTime, walletType } = row
  if (walletType === FUNDING_WALLET || !CREDITED.includes(status)) return null
  return {
    exchangeTransferId: `deposit-${row.id ?? row.txId ?? insertTime}`,
    kind: 'DEPOSIT',
    asset: coin,
    amount: parseDecimal(row.amount),
    time: insertTime,
    note: 'deposit',
    isReturned: false,
  }
}

/** A withdrawal and, apart from it, its fee: whether the amount holds the fee is not documented for certain. */
export function mapWithdrawal(row: BinanceWithdrawal): Transfer[] {
  const { id, coin, status, applyTime, walletType, transactionFee } = row
  if (walletType === FUNDING_WALLET) return []
  const time = Date.parse(`${applyTime.replace(' ', 'T')}Z`)
  const isReturned = GIVEN_BACK.includes(status)
  const common = { asset: coin, time, note: 'withdraw', isReturned }
  const fee = parseDecimal(transactionFee ?? '0')
  const amount = parseDecimal(row.amount).negated()
  const paid: Transfer = { ...common, exchangeTransferId: `withdrawal-${id}`, kind: 'WITHDRAWAL', amount }
  if (fee.isZero()) return [paid]
  return [paid, { ...common, exchangeTransferId: `withdrawal-${id}-fee`, kind: 'FEE', amount: fee.negated() }]
}

/** `MAIN` is the spot wallet: what comes from it leaves it. */
export function mapUniversalTransfer(row: BinanceTransfer): Transfer | null {
  if (row.status !== 'CONFIRMED') return null
  const amount = parseDecimal(row.amount)
  return {
    exchangeTransferId: `transfer-${row.tranId}`,
    kind: 'TRANSFER',
    asset: row.asset,
    amount: row.type.startsWith('MAIN_') ? amount.negated() : amount,
    time: row.timestamp,
    note: row.type,
    isReturned: false,
  }
}
