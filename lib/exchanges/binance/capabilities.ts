import { type ExchangeCapabilities, NATIVE, nativeAs, unsupported } from '@/lib/exchanges/capabilities'

/** Facts: binance-spot-api-docs rest-api.md, web-socket-streams.md, web-socket-api.md. */
export const BINANCE_CAPABILITIES: ExchangeCapabilities = {
  exchangeId: 'binance',
  accountMode: null,
  orderTypes: {
    MARKET: NATIVE,
    LIMIT: NATIVE,
    STOP_MARKET: nativeAs('STOP_LOSS'),
    STOP_LIMIT: nativeAs('STOP_LOSS_LIMIT'),
    TAKE_PROFIT_MARKET: nativeAs('TAKE_PROFIT'),
    TAKE_PROFIT_LIMIT: nativeAs('TAKE_PROFIT_LIMIT'),
    TRAILING_STOP: nativeAs('STOP_LOSS with trailingDelta'),
  },
  oco: nativeAs('POST /api/v3/orderList/oco'),
  ocoStopNeedsLimit: false,
  purchaseFee: 'OF_BOUGHT',
  stopFunds: 'HELD',
  oto: nativeAs('POST /api/v3/orderList/oto'),
  otoco: nativeAs('POST /api/v3/orderList/otoco'),
  postOnly: nativeAs('LIMIT_MAKER'),
  iceberg: nativeAs('icebergQty'),
  timesInForce: { GTC: NATIVE, IOC: NATIVE, FOK: NATIVE },
  amendOrder: nativeAs('PUT /api/v3/order/amend/keepPriority: a smaller quantity only'),
  replaceOrder: nativeAs(
    'POST /api/v3/order/cancelReplace, once partly executed in two calls: loses its place in the queue',
  ),
  cancelAll: nativeAs('per symbol'),
  transfers: nativeAs('deposits, withdrawals, transfers between own accounts; no rewards, no conversions'),
  positions: nativeAs('spot: the holdings, valued at the last prices'),
  deadManSwitch: unsupported('Binance spot has none.'),
  publicTrades: NATIVE,
  userStream: nativeAs('WebSocket API, userDataStream.subscribe.signature'),
  testnet: nativeAs('testnet.binance.vision'),
  aggregatedTimeframes: ['10m'],
  candlesPerRequest: 1000,
  limits: ['6000 weight / min', '100 orders / 10 s', '200000 orders / d'],
}

/** Its test network has no wallet. */
export const BINANCE_TESTNET_CAPABILITIES: ExchangeCapabilities = {
  ...BINANCE_CAPABILITIES,
  transfers: unsupported('The test network has no wallet endpoints.'),
}
