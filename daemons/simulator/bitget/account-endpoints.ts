import { toWire } from '@/lib/domain/money/decimal'
import type { Account } from '../matching/account'
import { classic, type Endpoints, optionalSymbol, type SignedContext, unified } from './endpoint'
import { userIdOf } from './order-shapes'

const RATES = { makerFeeRate: '0.001', takerFeeRate: '0.001' }

const fundsOf = (account: Account) => account.ledger.assets().map((coin) => ({ coin, ...account.ledger.of(coin) }))

/** One asset of a Classic account; also what its stream pushes. */
export const classicAsset = (account: Account, coin: string) => {
  const { free, locked } = account.ledger.of(coin)
  return {
    coin,
    available: toWire(free),
    limitAvailable: '0',
    frozen: toWire(locked),
    locked: '0',
    uTime: String(account.updatedTime),
  }
}

/** One asset of a UTA account. */
export const unifiedAsset = (account: Account, coin: string) => {
  const { free, locked } = account.ledger.of(coin)
  const balance = toWire(free.plus(locked))
  return {
    coin,
    equity: balance,
    usdValue: '0',
    balance,
    available: toWire(free),
    debt: '0',
    locked: toWire(locked),
  }
}

const profileOf = ({ account }: SignedContext) => ({
  userId: userIdOf(account),
  inviterId: '0',
  ips: account.record.isIpRestricted ? '203.0.113.7' : '',
  channelCode: '',
  channel: '',
  regisTime: String(account.record.createdTime),
})

function assets({ account, params }: SignedContext) {
  const coin = params.text('coin')
  const isShown = (funds: ReturnType<typeof fundsOf>[number]) =>
    coin === undefined ? params.text('assetType') === 'all' || funds.free.plus(funds.locked).gt(0) : funds.coin === coin
  return fundsOf(account)
    .filter(isShown)
    .map((funds) => classicAsset(account, funds.coin))
}

const equities = {
  accountEquity: '0',
  usdtEquity: '0',
  btcEquity: '0',
  unrealisedPnl: '0',
  usdtUnrealisedPnl: '0',
  btcUnrealizedPnl: '0',
  effEquity: '0',
  mmr: '0',
  imr: '0',
  mgnRatio: '0',
  positionMgnRatio: '0',
}

/** Endpoints that show the account itself. */
export const ACCOUNT_ENDPOINTS: Endpoints = {
  'GET /api/v2/spot/account/info': classic(1, (context) => {
    const { canWithdraw } = context.account.record
    // Words for reading and trading on spot; the wallet's is there when the key may withdraw.
    const authorities = ['stor', 'stow', ...(canWithdraw ? ['wwow'] : [])]
    return { ...profileOf(context), authorities, parentId: 0, traderType: 'not_trader' }
  }),
  'GET /api/v2/spot/account/assets': classic(10, assets),
  'GET /api/v2/common/trade-rate': classic(10, (context) => {
    context.params.required('businessType')
    optionalSymbol(context)
    return RATES
  }),

  'GET /api/v3/account/settings': unified(20, ({ account }) => ({
    uid: userIdOf(account),
    accountMode: 'unified',
    assetMode: 'single',
    accountLevel: 'basic',
    holdMode: 'one_way_mode',
    stpMode: 'none',
    symbolConfigList: [],
    coinConfigList: [],
  })),
  'GET /api/v3/account/info': unified(20, (context) => {
    const { canWithdraw } = context.account.record
    const permissions = ['uta_trade', ...(canWithdraw ? ['withdraw'] : [])]
    return { ...profileOf(context), parentId: '', permType: 'read-and-write', permissions }
  }),
  'GET /api/v3/account/assets': unified(20, ({ account }) => ({
    ...equities,
    assets: fundsOf(account)
      .filter((funds) => funds.free.plus(funds.locked).gt(0))
      .map((funds) => unifiedAsset(account, funds.coin)),
  })),
  'GET /api/v3/account/fee-rate': unified(20, (context) => {
    context.params.required('category')
    optionalSymbol(context)
    return RATES
  }),
}
