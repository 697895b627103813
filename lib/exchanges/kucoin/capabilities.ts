import type { AccountMode } from '@/lib/domain/account/broker'
import { emulated, type ExchangeCapabilities, NATIVE, nativeAs, unsupported } from '@/lib/exchanges/capabilities'

/** Facts: kucoin.com/docs-new (Spot Trading, Account Info, UTA). */
const CLASSIC: ExchangeCapabilities = {
  exchangeId: 'kucoin',
  accountMode: 'CLASSIC',
  orderTypes: {
    MARKET: NATIVE,
    LIMIT: NATIVE,
    STOP_MARKET: nativeAs('POST /api/v1/stop-order: holds no funds until it triggers'),
    STOP_LIMIT: nativeAs('POST /api/v1/stop-order: holds no funds until it triggers'),
    TAKE_PROFIT_MARKET: nativeAs('POST /api/v1/stop-order: holds no funds until it triggers'),
    TAKE_PROFIT_LIMIT: nativeAs('POST /api/v1/stop-order: holds no funds until it triggers'),
    TRAILING_STOP: emulated("KuCoin's interface has no trailing stop for spot."),
  },
  oco: nativeAs('POST /api/v3/oco/order: both legs are limit orders'),
  ocoStopNeedsLimit: true,
  purchaseFee: 'ON_TOP',
  stopFunds: 'FREE',
  oto: emulated('KuCoin has no order that places another.'),
  otoco: emulated('KuCoin has no order that places others.'),
  postOnly: nativeAs('postOnly'),
  iceberg: nativeAs('iceberg with visibleSize'),
  timesInForce: { GTC: NATIVE, IOC: NATIVE, FOK: NATIVE },
  amendOrder: unsupported('KuCoin changes no order in place but by canceling a part of it.'),
  replaceOrder: emulated(
    "KuCoin's own change of an order keeps the old client id, so that a lost answer could not be traced: cancel, then place.",
  ),
  cancelAll: nativeAs('per symbol, in three stores: orders, stop orders, OCO pairs'),
  transfers: nativeAs('GET /api/v1/hf/accounts/ledgers'),
  positions: nativeAs('spot: the holdings, valued at the last prices'),
  deadManSwitch: nativeAs('POST /api/v1/hf/orders/dead-cancel-all'),
  publicTrades: NATIVE,
  userStream: nativeAs('/spotMarket/tradeOrdersV2, /spotMarket/advancedOrders, /account/balance'),
  testnet: unsupported('KuCoin has no sandbox.'),
  aggregatedTimeframes: ['10m'],
  candlesPerRequest: 1500,
  limits: ['4000 weight / 30 s (spot)', '2000 weight / 30 s (account, public)', '20 stop orders per pair'],
}

const UNIFIED: ExchangeCapabilities = {
  ...CLASSIC,
  accountMode: 'UNIFIED',
  orderTypes: {
    ...CLASSIC.orderTypes,
    STOP_MARKET: nativeAs('triggerPrice with triggerDirection'),
    STOP_LIMIT: nativeAs('triggerPrice with triggerDirection'),
    TAKE_PROFIT_MARKET: nativeAs('triggerPrice with triggerDirection'),
    TAKE_PROFIT_LIMIT: nativeAs('triggerPrice with triggerDirection'),
  },
  oco: emulated('Unified accounts have no OCO for spot.'),
  iceberg: unsupported('Unified accounts have none.'),
  replaceOrder: emulated('Unified accounts have no change of an order: cancel, then place.'),
  cancelAll: nativeAs('per symbol, orders and trigger orders'),
  transfers: nativeAs('GET /api/ua/v1/account/ledger'),
  deadManSwitch: nativeAs('POST /api/ua/v1/dcp/set'),
  userStream: nativeAs('channels orderAll and balance'),
  limits: ['2000 weight / 30 s (unified, account, public)'],
}

/** What an account of this mode can do; a mode that is not known yet counts as classic. */
export const kucoinCapabilities = (mode: AccountMode | null): ExchangeCapabilities =>
  mode === 'UNIFIED' ? UNIFIED : CLASSIC
