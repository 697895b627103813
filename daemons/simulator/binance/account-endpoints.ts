import type { Endpoints } from './endpoint'
import { symbolOf } from './endpoint'
import { filtersOf } from './exchange-info'
import type { RateLimits } from './rate-limits'
import { LIMITS } from './rate-limits'
import { accountShape, commissionShape } from './shapes'

/** Endpoints that show the account itself. */
export const accountEndpoints = (limits: RateLimits): Endpoints => ({
  'GET /api/v3/account': {
    security: 'SIGNED',
    weight: 20,
    handle: ({ params, account }) => {
      const omitZero = params.boolean('omitZeroBalances') ?? false
      params.finish()
      return accountShape(account, omitZero)
    },
  },
  'GET /api/v3/account/commission': {
    security: 'SIGNED',
    weight: 20,
    handle: (context) => {
      const { symbol } = symbolOf(context)
      context.params.finish()
      return commissionShape(context.account, symbol)
    },
  },
  'GET /api/v3/myFilters': {
    security: 'SIGNED',
    weight: 40,
    handle: (context) => {
      const rules = symbolOf(context)
      context.params.finish()
      return { exchangeFilters: [], symbolFilters: filtersOf(rules), assetFilters: [] }
    },
  },
  'GET /api/v3/rateLimit/order': {
    security: 'SIGNED',
    weight: 40,
    handle: ({ params, account, now }) => {
      params.finish()
      const counts = limits.orderCounts(account.record.id, now)
      return LIMITS.filter((limit) => limit.rateLimitType === 'ORDERS').map((limit) => ({
        ...limit,
        count: limit.interval === 'DAY' ? counts.day : counts.tenSeconds,
      }))
    },
  },
  'GET /sapi/v1/asset/tradeFee': {
    security: 'SIGNED',
    weight: 1,
    handle: (context) => {
      const asked = context.params.has('symbol') ? [symbolOf(context)] : context.exchange.rules
      context.params.finish()
      return asked.map(({ symbol }) => ({ symbol, makerCommission: '0.001', takerCommission: '0.001' }))
    },
  },
  // What a key may do: asked by clients that refuse keys which may withdraw funds.
  'GET /sapi/v1/account/apiRestrictions': {
    security: 'SIGNED',
    weight: 1,
    handle: ({ params, account }) => {
      params.finish()
      const { canWithdraw, isIpRestricted } = account.record
      return {
        ipRestrict: isIpRestricted,
        createTime: account.record.createdTime,
        enableReading: true,
        enableWithdrawals: canWithdraw,
        enableInternalTransfer: false,
        enableMargin: false,
        enableFutures: false,
        permitsUniversalTransfer: false,
        enableVanillaOptions: false,
        enableFixApiTrade: false,
        enableFixReadOnly: false,
        enableSpotAndMarginTrading: true,
        enablePortfolioMarginTrading: false,
      }
    },
  },
})
