import ccxt, { type Exchange } from 'ccxt'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Amount } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'

/** ccxt for one exchange: how it is made, and how an order is asked of it. */
export interface Rival {
  make: (
    credentials: Credentials,
    paperUrl: string,
    recordingUrl: string,
  ) => Promise<{
    create: (r: OrderRequest) => Promise<unknown>
    cancel: (exchangeOrderId: string, symbol: string) => Promise<unknown>
    close: () => Promise<void>
  }>
  /** Parameters that differ every time. */
  passing: ReadonlySet<string>
  /** Parameters that are compared as numbers: ccxt keeps trailing zeros. */
  numbers: ReadonlySet<string>
  /** Reviewed differences: a value that one of the two leaves out, because the exchange means the same, in lower case. */
  defaults: Readonly<Record<string, string>>
  /** Reviewed differences: parameters that an endpoint (by its path) does not read. */
  needless: Readonly<Record<string, readonly string[]>>
  /** Reviewed differences: parameters whose case does not matter. */
  anyCase: ReadonlySet<string>
  /** Orders that cannot be compared, with the reason; undefined for all others. */
  leavesOut: (request: OrderRequest) => string | undefined
}

type Urls = string | { [name: string]: Urls }
const moved = (urls: Urls, to: string): Urls =>
  typeof urls === 'string'
    ? urls.replaceAll('{hostname}', 'host').replace(/^https?:\/\/[^/]+/, to)
    : Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, moved(value, to)]))

/** Markets come from the paper exchange, orders go to the recording server. */
async function readied(exchange: Exchange, paperUrl: string, recordingUrl: string): Promise<Exchange> {
  const original = exchange.urls['api'] as Urls
  Object.assign(exchange.urls, { api: moved(original, paperUrl) })
  exchange.has['fetchCurrencies'] = false
  await exchange.loadMarkets()
  Object.assign(exchange.urls, { api: moved(original, recordingUrl) })
  return exchange
}

const number = (amount: Amount | undefined): number | undefined => amount?.toNumber()

type Params = Record<string, unknown>
/** What most exchanges of ccxt take alike. */
const unified = (
  r: OrderRequest,
): [type: string, side: string, amount: number, price: number | undefined, params: Params] => [
  r.type.endsWith('LIMIT') ? 'limit' : 'market',
  r.side.toLowerCase(),
  number(r.quantity) ?? 0,
  number(r.limitPrice),
  {
    clientOrderId: r.clientOrderId,
    ...(r.quoteQuantity === undefined ? {} : { cost: number(r.quoteQuantity) }),
    ...(r.type.startsWith('STOP') ? { stopLossPrice: number(r.stopPrice) } : {}),
    ...(r.type.startsWith('TAKE') ? { takeProfitPrice: number(r.stopPrice) } : {}),
    ...(r.trailingDelta === undefined
      ? {}
      : { trailingPercent: r.trailingDelta / 100, stopLossOrTakeProfit: 'stopLoss' }),
    ...(r.isPostOnly === true ? { postOnly: true } : r.timeInForce === undefined ? {} : { timeInForce: r.timeInForce }),
  },
]

interface Keys {
  apiKey: string
  secret: string
  password: string
  enableRateLimit: boolean
}

const rivalOf =
  (build: (keys: Keys) => Exchange, argumentsOf = unified, cancelParams: Params = {}) =>
  async ({ apiKey, apiSecret, apiPassphrase = '' }: Credentials, paperUrl: string, recordingUrl: string) => {
    const keys = { apiKey, secret: apiSecret, password: apiPassphrase, enableRateLimit: false }
    const exchange = await readied(build(keys), paperUrl, recordingUrl)
    return {
      create: (r: OrderRequest) =>
        exchange.createOrder(r.symbol, ...(argumentsOf(r) as [never, never, never, never, never])),
      cancel: (exchangeOrderId: string, symbol: string) => exchange.cancelOrder(exchangeOrderId, symbol, cancelParams),
      close: () => exchange.close(),
    }
  }

export const BINANCE: Rival = {
  make: rivalOf(
    (keys) =>
      new ccxt.binance({
        ...keys,
        options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchMargins: false },
      }),
  ),
  passing: new Set(['timestamp', 'signature', 'recvWindow']),
  numbers: new Set(['quantity', 'price', 'stopPrice', 'quoteOrderQty']),
  defaults: {},
  needless: {},
  anyCase: new Set(),
  leavesOut: () => undefined,
}

/** Ours fires on trades, as everywhere; ccxt on the mark price unless told. */
const ON_TRADES = { triggerType: 'fill_price' }

export const BITGET: Rival = {
  make: rivalOf(
    (keys) =>
      new ccxt.bitget({ ...keys, options: { defaultType: 'spot', uta: false, fetchMarkets: { types: ['spot'] } } }),
    (r) => {
      const [type, side, amount, price, params] = unified(r)
      const { stopLossPrice, takeProfitPrice, ...others } = params
      const triggerPrice = stopLossPrice ?? takeProfitPrice
      return [
        type,
        side,
        amount,
        price,
        triggerPrice === undefined ? params : { ...others, triggerPrice, ...ON_TRADES },
      ]
    },
  ),
  passing: new Set(['requestTime', 'receiveWindow']),
  numbers: new Set(['size', 'price', 'triggerPrice', 'executePrice']),
  // Its documentation writes them small; ccxt hands on what it is given, and says gtc of market orders too.
  defaults: { force: 'gtc' },
  // The limit price of an order with a trigger is its executePrice; ccxt sends it twice.
  needless: { '/api/v2/spot/trade/place-plan-order': ['price'] },
  anyCase: new Set(['force']),
  leavesOut: ({ type, side, quoteQuantity }) =>
    type.endsWith('MARKET') && side === 'BUY' && quoteQuantity === undefined
      ? 'Bitget takes an amount to spend here: ours asks for the price first, ccxt wants it from the caller'
      : type.endsWith('MARKET') && side === 'SELL' && quoteQuantity !== undefined
        ? 'Bitget sells a quantity only'
        : undefined,
}

export const KUCOIN: Rival = {
  make: rivalOf(
    (keys) =>
      new ccxt.kucoin({
        ...keys,
        options: { uta: false, hf: true, fetchMarkets: { types: ['spot'], fetchTickersFees: false } },
      }),
    (r) => {
      const [type, side, amount, price, params] = unified(r)
      // Of the two order endpoints that answer alike but for how much they tell, ours takes the telling one.
      return [type, side, amount, price, { ...params, sync: true }]
    },
    { sync: true },
  ),
  passing: new Set([]),
  numbers: new Set(['size', 'price', 'stopPrice', 'funds']),
  // Ours says what a limit order means when nothing is said.
  defaults: { timeInForce: 'GTC' },
  needless: {},
  anyCase: new Set(),
  leavesOut: () => undefined,
}

export const BITGET_UNIFIED: Rival = {
  ...BITGET,
  make: rivalOf(
    (keys) =>
      new ccxt.bitget({ ...keys, options: { defaultType: 'spot', uta: true, fetchMarkets: { types: ['spot'] } } }),
  ),
  numbers: new Set(['qty', 'price']),
  // Ours says nothing where the exchange means it: an order in force until it is canceled.
  defaults: { timeInForce: 'gtc' },
  // Ours names the market that the order is of; its id alone does.
  needless: { '/api/v3/trade/cancel-order': ['category'] },
  leavesOut: (request) =>
    request.stopPrice !== undefined
      ? 'ours are trigger orders, which hold nothing and take either direction; those of ccxt close positions'
      : request.quoteQuantity !== undefined
        ? 'ccxt has no way to spend an amount here'
        : BITGET.leavesOut(request),
}

export const KUCOIN_UNIFIED: Rival = {
  ...KUCOIN,
  make: rivalOf(
    (keys) =>
      new ccxt.kucoin({
        ...keys,
        options: { uta: true, fetchMarkets: { types: ['spot'], fetchTickersFees: false } },
      }),
    (r) => {
      const [type, side, amount, price, { timeInForce, ...params }] = unified(r)
      // ccxt refuses the word for what is meant without it.
      return [type, side, amount, price, timeInForce === 'GTC' ? params : { ...params, timeInForce }]
    },
  ),
  leavesOut: ({ quoteQuantity }) =>
    quoteQuantity === undefined
      ? undefined
      : 'ccxt does not find the step of amounts in the list of pairs it reads here',
}
