import { MAX_AMENDS } from '../matching/admission'
import { MAX_ICEBERG_PARTS } from '../matching/filters'
import type { Rules } from '../matching/rules'
import { wire8 } from './native'
import { LIMITS } from './rate-limits'
import { NATIVE_TYPES } from './native'

const plain = (value: Rules['minNotional']): string => value.toFixed()

/** Filters of a pair as exchangeInfo tells them. */
export const filtersOf = (rules: Rules) => [
  {
    filterType: 'PRICE_FILTER',
    minPrice: wire8(rules.minPrice),
    maxPrice: wire8(rules.maxPrice),
    tickSize: wire8(rules.tickSize),
  },
  {
    filterType: 'LOT_SIZE',
    minQty: wire8(rules.minQuantity),
    maxQty: wire8(rules.maxQuantity),
    stepSize: wire8(rules.stepSize),
  },
  { filterType: 'ICEBERG_PARTS', limit: MAX_ICEBERG_PARTS },
  {
    filterType: 'MARKET_LOT_SIZE',
    minQty: wire8(rules.minQuantity),
    maxQty: wire8(rules.marketMaxQuantity),
    stepSize: wire8(rules.stepSize),
  },
  {
    filterType: 'TRAILING_DELTA',
    minTrailingAboveDelta: 10,
    maxTrailingAboveDelta: 2000,
    minTrailingBelowDelta: 10,
    maxTrailingBelowDelta: 2000,
  },
  {
    filterType: 'PERCENT_PRICE_BY_SIDE',
    bidMultiplierUp: plain(rules.bidMultiplierUp),
    bidMultiplierDown: plain(rules.bidMultiplierDown),
    askMultiplierUp: plain(rules.askMultiplierUp),
    askMultiplierDown: plain(rules.askMultiplierDown),
    avgPriceMins: 5,
  },
  {
    filterType: 'NOTIONAL',
    minNotional: wire8(rules.minNotional),
    applyMinToMarket: true,
    maxNotional: wire8(rules.maxNotional),
    applyMaxToMarket: false,
    avgPriceMins: 5,
  },
  { filterType: 'MAX_NUM_ORDERS', maxNumOrders: rules.maxNumOrders },
  { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: rules.maxNumAlgoOrders },
  { filterType: 'MAX_NUM_ORDER_AMENDS', maxNumOrderAmends: MAX_AMENDS },
]

const symbolShape = (rules: Rules) => ({
  symbol: rules.symbol,
  status: 'TRADING',
  baseAsset: rules.baseAsset,
  baseAssetPrecision: 8,
  quoteAsset: rules.quoteAsset,
  quotePrecision: 8,
  quoteAssetPrecision: 8,
  baseCommissionPrecision: 8,
  quoteCommissionPrecision: 8,
  orderTypes: NATIVE_TYPES,
  icebergAllowed: true,
  ocoAllowed: true,
  otoAllowed: true,
  opoAllowed: true,
  quoteOrderQtyMarketAllowed: true,
  allowTrailingStop: true,
  cancelReplaceAllowed: true,
  amendAllowed: true,
  pegInstructionsAllowed: false,
  isSpotTradingAllowed: true,
  isMarginTradingAllowed: false,
  filters: filtersOf(rules),
  permissions: [],
  permissionSets: [['SPOT']],
  defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
  allowedSelfTradePreventionModes: ['EXPIRE_MAKER'],
})

/** Answer of `GET /api/v3/exchangeInfo`. */
export const exchangeInfoShape = (rules: Rules[], now: number) => ({
  timezone: 'UTC',
  serverTime: now,
  rateLimits: LIMITS,
  exchangeFilters: [],
  symbols: rules.map(symbolShape),
})
