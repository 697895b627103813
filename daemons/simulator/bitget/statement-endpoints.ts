import { toWire } from '@/lib/domain/money/decimal'
import { type StatementEntry, statementOf } from '../statement'
import { classic, type Endpoints, type SignedContext, timesOf, unified } from './endpoint'
import { BitgetError } from './errors'

const THIRTY_DAYS = 30 * 86_400_000

/** Words of v2 for what happened: group and business. */
const BILL_WORDS = {
  DEPOSIT: ['deposit', 'DEPOSIT'],
  WITHDRAWAL: ['withdraw', 'WITHDRAW'],
  TRANSFER_IN: ['transfer', 'TRANSFER_IN'],
  TRANSFER_OUT: ['transfer', 'TRANSFER_OUT'],
} as const
/** The same of v3. */
const RECORD_WORDS = {
  DEPOSIT: 'DEPOSIT',
  WITHDRAWAL: 'WITHDRAW',
  TRANSFER_IN: 'TRANSFER_IN',
  TRANSFER_OUT: 'TRANSFER_OUT',
} as const

/** Entries newest first, those of one coin where it is asked for, older than a record. */
function entriesOf(context: SignedContext, beforeId: string | undefined): StatementEntry[] {
  const { exchange, account, params } = context
  const { from, to } = timesOf(context)
  const coin = params.text('coin')
  return statementOf(exchange, account, from, to ?? Number.MAX_SAFE_INTEGER)
    .filter(({ asset }) => coin === undefined || asset === coin)
    .filter(({ id }) => beforeId === undefined || id < BigInt(beforeId))
}

const sizeOf = ({ amount, fee }: StatementEntry): string => toWire(amount.plus(fee))

function bills(context: SignedContext) {
  const { params } = context
  const group = params.text('groupType')
  return entriesOf(context, params.text('idLessThan'))
    .map((entry) => {
      const { cause, id, time, asset, fee, balance } = entry
      const [groupType, businessType] =
        'transfer' in cause ? BILL_WORDS[cause.transfer.kind] : (['transaction', cause.execution.side] as const)
      return {
        cTime: String(time),
        coin: asset,
        groupType,
        businessType,
        size: sizeOf(entry),
        balance: toWire(balance),
        fees: toWire(fee.negated()),
        billId: id.toString(),
      }
    })
    .filter(({ groupType }) => group === undefined || groupType === group)
    .slice(0, params.limit(100, 500))
}

function financialRecords(context: SignedContext) {
  const { params } = context
  const category = params.required('category')
  const [from, to] = [params.integer('startTime'), params.integer('endTime')]
  if (from !== undefined && to !== undefined && to - from > THIRTY_DAYS)
    throw new BitgetError('40705', 'The start and end time cannot exceed 30 days')
  // Everything of a paper account belongs to its spot trading.
  const entries = category === 'SPOT' ? entriesOf(context, params.text('cursor')) : []
  const list = entries.slice(0, params.limit(100, 100)).map((entry) => {
    const { cause, id, time, asset, fee, balance } = entry
    const isBuy = 'execution' in cause && cause.execution.side === 'BUY'
    return {
      category: 'Spot',
      id: id.toString(),
      symbol: 'execution' in cause ? cause.execution.symbol : '',
      coin: asset,
      type: 'transfer' in cause ? RECORD_WORDS[cause.transfer.kind] : isBuy ? 'ORDER_DEALT_IN' : 'ORDER_DEALT_OUT',
      amount: sizeOf(entry),
      fee: toWire(fee.negated()),
      balance: toWire(balance),
      ts: String(time),
    }
  })
  return { list, cursor: list.at(-1)?.id ?? '' }
}

/** Every change of an account's funds, as its owner can ask for it. */
export const STATEMENT_ENDPOINTS: Endpoints = {
  'GET /api/v2/spot/account/bills': classic(10, bills),
  'GET /api/v3/account/financial-records': unified(20, financialRecords),
}
