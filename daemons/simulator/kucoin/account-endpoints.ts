import { toWire } from '@/lib/domain/money/decimal'
import type { Account } from '../matching/account'
import type { Endpoints, SignedContext } from './endpoint'
import { signed } from './endpoint'
import { invalid, noSuchSymbol } from './errors'
import { rulesOfName } from './native'

const ACCOUNT_TYPES = ['main', 'trade', 'trade_hf', 'margin', 'option'] as const
const RATE = '0.001'

const rowsOf = (account: Account, type: string) =>
  account.ledger.assets().map((asset, index) => {
    const { free, locked } = account.ledger.of(asset)
    return {
      id: String(account.record.id * 1_000_000 + index),
      currency: asset,
      type,
      balance: toWire(free.plus(locked)),
      available: toWire(free),
      holds: toWire(locked),
    }
  })

/** Everything of a paper account lies in its trade account; `trade_hf` is the name that older clients use. */
function accounts({ account, params }: SignedContext) {
  const type = params.oneOf('type', ACCOUNT_TYPES) ?? 'trade'
  if (account.record.accountMode === 'UNIFIED' || (type !== 'trade' && type !== 'trade_hf')) return []
  const currency = params.text('currency')
  return rowsOf(account, type).filter((row) => currency === undefined || row.currency === currency)
}

export const feesOf = ({ exchange, params }: SignedContext, name: string) =>
  (params.names(name) ?? []).map((symbol) => {
    if (rulesOfName(exchange, symbol) === undefined) throw noSuchSymbol()
    return { symbol, takerFeeRate: RATE, makerFeeRate: RATE }
  })

export const ACCOUNT_ENDPOINTS: Endpoints = {
  'GET /api/v1/accounts': signed('MANAGEMENT', 5, accounts),
  'GET /api/v1/user/api-key': signed('MANAGEMENT', 20, ({ account }) => {
    const { apiKey, canWithdraw, isIpRestricted, createdTime, id, accountMode } = account.record
    const trading = accountMode === 'UNIFIED' ? 'General,Unified,Spot' : 'General,Spot'
    return {
      remark: 'paper',
      apiKey,
      apiVersion: 3,
      permission: canWithdraw ? `${trading},Transfer,Withdrawal` : trading,
      ipWhitelist: isIpRestricted ? '127.0.0.1' : '',
      createdAt: createdTime,
      uid: 165_111_000 + id,
      isMaster: true,
    }
  }),
  'GET /api/v1/base-fee': signed('SPOT', 3, () => ({ takerFeeRate: RATE, makerFeeRate: RATE })),
  'GET /api/v1/trade-fees': signed('SPOT', 3, (context) => {
    const fees = feesOf(context, 'symbols')
    if (fees.length === 0 || fees.length > 10) throw invalid('symbols should be between 1 and 10')
    return fees
  }),
  // Asked by clients that look for margin first; paper accounts have none.
  'GET /api/v3/margin/symbols': signed('SPOT', 3, ({ now }) => ({ timestamp: now, items: [] })),
  'GET /api/v1/isolated/symbols': signed('SPOT', 3, () => []),
}
