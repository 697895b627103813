import { toWire } from '@/lib/domain/money/decimal'
import { type StatementEntry, statementOf } from '../statement'
import type { Endpoints, SignedContext } from './endpoint'
import { signed } from './endpoint'
import { invalid, KucoinError } from './errors'
import { bigNumber, nanosOf } from './native'

const DAY = 86_400_000

const BUSINESS = {
  DEPOSIT: 'DEPOSIT',
  WITHDRAWAL: 'WITHDRAW',
  TRANSFER_IN: 'TRANSFER',
  TRANSFER_OUT: 'TRANSFER',
} as const

/** Entries newest first: a day at most, the last one when no times are given; older than `lastId`. */
function entriesOf(context: SignedContext, sizeName: string): StatementEntry[] {
  const { exchange, account, params, now } = context
  const start = params.integer('startAt')
  const end = params.integer('endAt')
  const from = start ?? (end ?? now) - DAY
  const to = end ?? from + DAY
  if (to - from > DAY) throw invalid('The query time range cannot exceed 24 hours.')
  const lastId = params.text('lastId') ?? '0'
  const currency = params.text('currency')
  return statementOf(exchange, account, from, to)
    .filter(({ id }) => lastId === '0' || id < BigInt(lastId))
    .filter(({ asset }) => currency === undefined || asset === currency)
    .slice(0, params.size(sizeName, 100, 200))
}

const businessOf = ({ cause }: StatementEntry): string =>
  'transfer' in cause ? BUSINESS[cause.transfer.kind] : 'TRADE_EXCHANGE'

const common = (entry: StatementEntry) => ({
  id: entry.id.toString(),
  currency: entry.asset,
  // Without sign; fees included.
  amount: toWire(entry.amount.abs()),
  fee: toWire(entry.fee),
  tax: '0',
  balance: toWire(entry.balance),
})

const isIn = ({ amount }: StatementEntry): boolean => !amount.isNegative()

/** Every change of an account's funds, as its owner can ask for it. */
export const LEDGER_ENDPOINTS: Endpoints = {
  'GET /api/v1/hf/accounts/ledgers': signed('SPOT', 2, (context) => {
    if (context.account.record.accountMode === 'UNIFIED') return []
    return entriesOf(context, 'limit').map((entry) => ({
      ...common(entry),
      accountType: 'TRADE_HF',
      bizType: businessOf(entry),
      direction: isIn(entry) ? 'in' : 'out',
      createdAt: String(entry.time),
      context: '',
    }))
  }),
  'GET /api/ua/v1/account/ledger': signed('UNIFIED', 2, (context) => {
    if (context.account.record.accountMode !== 'UNIFIED')
      throw new KucoinError('112010', 'Invalid Unified Account user.')
    if (context.params.required('accountType') !== 'UNIFIED') return { lastId: 0, items: [] }
    const items = entriesOf(context, 'pageSize').map((entry) => ({
      accountType: 'UNIFIED',
      ...common(entry),
      direction: isIn(entry) ? 'IN' : 'OUT',
      businessType: businessOf(entry),
      remark: '',
      ts: bigNumber(nanosOf(entry.time)),
    }))
    return { lastId: items.at(-1)?.id ?? 0, items }
  }),
}
