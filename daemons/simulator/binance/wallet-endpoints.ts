import { toWire } from '@/lib/domain/money/decimal'
import type { TransferRecord } from '../store/transfer'
import { type Endpoints, type SignedContext } from './endpoint'
import { BinanceError } from './errors'

const NINETY_DAYS = 90 * 86_400_000
const MOST = 1000

/** `2026-11-22 12:30:00`, as the withdrawal history writes times. */
const utcText = (time: number): string => new Date(time).toISOString().slice(0, 19).replace('T', ' ')

function recordsOf({ exchange, params, account, now }: SignedContext): TransferRecord[] {
  const from = params.integer('startTime') ?? now - NINETY_DAYS
  const to = params.integer('endTime') ?? from + NINETY_DAYS
  if (to - from > NINETY_DAYS) throw new BinanceError(-1127, 'More than 90 days between startTime and endTime.')
  return exchange.store.transfers(account.record.id, from, to)
}

/** Deposits or withdrawals, newest first, a page of them. */
function historyOf(context: SignedContext, kind: TransferRecord['kind']): TransferRecord[] {
  const { params } = context
  const coin = params.text('coin')
  const rows = recordsOf(context)
    .filter((record) => record.kind === kind && (coin === undefined || record.asset === coin))
    .reverse()
  const offset = params.integer('offset') ?? 0
  const limit = params.limit(MOST, MOST)
  params.finish()
  return rows.slice(offset, offset + limit)
}

const deposit = ({ id, asset, amount, time }: TransferRecord) => ({
  id: `7698005193668${String(id).padStart(5, '0')}`,
  amount: toWire(amount),
  coin: asset,
  network: asset,
  status: 1,
  address: 'paper',
  addressTag: '',
  txId: `paper-${id}`,
  insertTime: time,
  completeTime: time,
  transferType: 0,
  confirmTimes: '1/1',
  unlockConfirm: 1,
  walletType: 0,
})

const withdrawal = ({ id, asset, amount, fee, time }: TransferRecord) => ({
  id: `b6ae22b3aa844210a7041aee7${String(id).padStart(7, '0')}`,
  amount: toWire(amount),
  transactionFee: toWire(fee),
  coin: asset,
  status: 6,
  address: 'paper',
  txId: `paper-${id}`,
  applyTime: utcText(time),
  network: asset,
  transferType: 0,
  info: '',
  confirmNo: 1,
  walletType: 0,
  txKey: '',
  completeTime: utcText(time),
})

/** Between the spot account and the funding account: the paper exchange has no others. */
const KIND_OF_TYPE: Record<string, TransferRecord['kind']> = {
  FUNDING_MAIN: 'TRANSFER_IN',
  MAIN_FUNDING: 'TRANSFER_OUT',
}

function universalTransfers(context: SignedContext) {
  const { params } = context
  const type = params.required('type')
  const rows = recordsOf(context)
    .filter(({ kind }) => kind === KIND_OF_TYPE[type])
    .reverse()
  const size = Math.min(params.integer('size') ?? 10, 100)
  const current = params.integer('current') ?? 1
  params.finish()
  return {
    total: rows.length,
    rows: rows.slice((current - 1) * size, current * size).map(({ id, asset, amount, time }) => ({
      asset,
      amount: toWire(amount),
      type,
      status: 'CONFIRMED',
      tranId: 11_415_955_596 + id,
      timestamp: time,
    })),
  }
}

/** What came to the account and left it without a trade. Their own limits are not kept here. */
export const WALLET_ENDPOINTS: Endpoints = {
  'GET /sapi/v1/capital/deposit/hisrec': {
    security: 'SIGNED',
    weight: 1,
    handle: (context) => historyOf(context, 'DEPOSIT').map(deposit),
  },
  'GET /sapi/v1/capital/withdraw/history': {
    security: 'SIGNED',
    weight: 1,
    handle: (context) => historyOf(context, 'WITHDRAWAL').map(withdrawal),
  },
  'GET /sapi/v1/asset/transfer': { security: 'SIGNED', weight: 1, handle: universalTransfers },
}
