import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import { KUCOIN_DIALECT } from '@/lib/exchanges/kucoin/dialect'
import { mapInstrument } from '@/lib/exchanges/kucoin/map-market'
import { classicOrderJson, unifiedOrderJson } from '@/lib/exchanges/kucoin/order-params'
import { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { symbolSchema } from '@/lib/exchanges/kucoin/schemas'
import { KucoinUnifiedRawClient } from '@/lib/exchanges/kucoin/unified-raw-client'
import { json, type ReceivedRequest, ScriptedServer } from '../scripted-server'

// ccxt's recorded market rules and requests: what it reads and sends, ours must read and send too.

const MARKETS = '../shared/fixtures/ccxt/markets/kucoin.json'
const REQUESTS = '../shared/fixtures/ccxt/request/kucoin.json'
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

describe('recorded markets', () => {
  it.skipIf(!existsSync(MARKETS))(
    'have the same tick, step and minimum (skipped where the recording is absent)',
    () => {
      interface Market {
        spot: boolean
        symbol: string
        precision: { amount: number; price: number }
        limits: { amount: { min: number; max: number }; cost: { min: number } }
        info: { minFunds: string }
      }
      const markets = Object.values(read(MARKETS) as Record<string, Market>).filter(({ spot }) => spot)
      expect(markets.length).toBeGreaterThanOrEqual(5)
      for (const market of markets) {
        const ours = mapInstrument(symbolSchema.parse(market.info))
        expect(ours.symbol).toBe(market.symbol)
        const { precision, limits } = market
        expect([ours.tickSize, ours.stepSize, ours.minQuantity, ours.maxQuantity].map(Number)).toEqual([
          precision.price,
          precision.amount,
          limits.amount.min,
          limits.amount.max,
        ])
        // ccxt reads quoteMinSize alone; KuCoin refuses orders below minFunds too (600101).
        const { minFunds } = market.info
        expect(ours.minNotional.toNumber()).toBe(Math.max(limits.cost.min, Number(minFunds)))
      }
    },
  )
})

interface Recorded {
  method: string
  description?: string
  url: string
  output?: string | null
}

/** Requests that are no part of the bot's KuCoin, each with the reason. */
const LEFT_OUT: [pattern: RegExp, reason: string][] = [
  [
    /api-futures|FUTURES|USDTM|USDM|\/contract|ua\/v1\/(un.*\/)?position|open-interest|funding-rate|mark-price/,
    'futures',
  ],
  [/margin|isolated|CROSS|ISOLATED|borrow|interest|position\/update|bizType=|\/project\//i, 'margin and lending'],
  [
    /\/api\/v1\/(orders|order\/client-order|fills|limit\/)(\/|\?|$)|\/api\/v1\/orders/,
    'the old order endpoints, abandoned for /hf',
  ],
  [/transfer|withdraw|deposit/i, 'the bot moves no funds'],
  [/ledger/, 'the bot keeps its own books'],
  [/asset\/currencies|account\/overview/, 'balances and pairs tell the assets'],
  [/ua\/v1\/account\/balance/, 'other accounts than the one that trades'],
]

const SKIPPED_KEYS = new Set(['clientOid', 'startAt', 'endAt', 'from', 'to', 'bizNo'])
/** What ours always states and ccxt leaves to its default. */
const STATED = new Set(['timeInForce', 'stop'])

let server: ScriptedServer
let raw: KucoinRawClient
let unified: KucoinUnifiedRawClient
let http: ExchangeHttp
const c: Credentials = { apiKey: 'k', apiSecret: 's', apiPassphrase: 'p' }

beforeAll(async () => {
  server = await ScriptedServer.start()
  server.on('GET /api/v1/timestamp', (request, response) =>
    json({ code: '200000', data: Date.now() })(request, response),
  )
  http = new ExchangeHttp({
    clock: Date.now,
    transport: new HttpTransport(readBaseAddress(server.url, 'http')),
    dialect: KUCOIN_DIALECT,
  })
  raw = new KucoinRawClient(http)
  unified = new KucoinUnifiedRawClient(http)
})
afterAll(async () => {
  await http.close()
  await server.close()
})

/** The request in our words, as a user would ask for it. */
function requestOf(body: Body): OrderRequest {
  const text = (name: string) => (body[name] === undefined ? undefined : String(body[name]))
  const isMarket = String(body['type'] ?? body['orderType']).toUpperCase() === 'MARKET'
  const funds = body['sizeUnit'] === 'QUOTECCY' ? text('size') : text('funds')
  const size = body['sizeUnit'] === 'QUOTECCY' ? undefined : text('size')
  const [price, stopPrice] = [text('price'), text('stopPrice')]
  const kind = isMarket ? 'MARKET' : 'LIMIT'
  return {
    clientOrderId: 'ID',
    symbol: 'BTC/USDT',
    side: String(body['side']).toUpperCase() === 'BUY' ? 'BUY' : 'SELL',
    type: stopPrice === undefined ? kind : (`STOP_${kind}` as const),
    ...(size === undefined ? {} : { quantity: d(size) }),
    ...(funds === undefined ? {} : { quoteQuantity: d(funds) }),
    ...(price === undefined ? {} : { limitPrice: d(price) }),
    ...(stopPrice === undefined ? {} : { stopPrice: d(stopPrice) }),
    ...(body['postOnly'] === true ? { isPostOnly: true } : {}),
  }
}

/** Fields of a recorded body. */
type Body = Record<string, string | boolean | undefined>

type Call = (query: Record<string, string>, body: Body, id: string) => Promise<unknown>

/** Our calls by path; `*` stands for an id. */
const CALLS = (): Record<string, Call> => ({
  '/api/v1/timestamp': () => raw.getServerTime(),
  '/api/v1/status': () => raw.getServiceStatus(),
  '/api/v3/currencies': () => raw.getAllCurrencies(),
  '/api/v1/market/allTickers': () => raw.getAllTickers(),
  '/api/v1/market/stats': (query) => raw.get24hrStats(query),
  '/api/v1/market/histories': (query) => raw.getMarketTrades(query),
  '/api/v1/market/orderbook/level2_20': (query) => raw.getPartOrderBook(20, query),
  '/api/v3/market/orderbook/level2': (query) => raw.getFullOrderBook(c, query),
  '/api/v1/market/candles': (query) => raw.getKlines(query),
  '/api/v1/trade-fees': (query) => raw.getSpotActualFee(c, query),
  '/api/v1/accounts': (query) => raw.getSpotAccountList(c, query),
  '/api/v1/hf/orders/active': (query) => raw.getOpenOrders(c, query),
  '/api/v1/hf/orders/done': (query) => raw.getClosedOrders(c, query),
  '/api/v1/hf/fills': (query) => raw.getTradeHistory(c, query),
  '/api/v1/hf/orders': (query, body) =>
    body['symbol'] === undefined
      ? raw.cancelAllOrdersBySymbol(c, query)
      : raw.addOrder(c, classicOrderJson(requestOf(body), String(body['symbol']))),
  '/api/v1/hf/orders/sync': (_query, body) =>
    raw.addOrderSync(c, classicOrderJson(requestOf(body), String(body['symbol']))),
  '/api/v1/hf/orders/sync/*': (query, _body, id) => raw.cancelOrderByOrderIdSync(c, id, query),
  '/api/v1/hf/orders/cancelAll': () => raw.cancelAllOrders(c),
  '/api/v1/hf/orders/*': (query, _body, id) => raw.cancelOrderByOrderId(c, id, query),
  '/api/v1/stop-order': (_query, body) =>
    raw.addStopOrder(c, classicOrderJson(requestOf(body), String(body['symbol']))),
  '/api/v1/stop-order/cancel': (query) => raw.batchCancelStopOrder(c, query),
  '/api/v1/stop-order/*': (_query, _body, id) => raw.cancelStopOrderByOrderId(c, id),
  '/api/ua/v1/unified/order/place': (_query, body) =>
    unified.placeOrder(c, unifiedOrderJson(requestOf(body), String(body['symbol']))),
  '/api/ua/v1/unified/order/cancel': (_query, body) => unified.cancelOrder(c, body),
  '/api/ua/v1/unified/order/cancel-batch': (_query, body) => unified.cancelBatch(c, body),
  '/api/ua/v1/unified/order/cancel-all': (_query, body) => unified.cancelAll(c, body),
  '/api/ua/v1/unified/order/open-list': (query) => unified.openList(c, query),
  '/api/ua/v1/unified/order/history': (query) => unified.history(c, query),
  '/api/ua/v1/unified/order/execution': (query) => unified.execution(c, query),
  '/api/ua/v1/unified/account/balance': () => unified.accountBalance(c),
  '/api/ua/v1/server/status': (query) => unified.serverStatus(query),
  '/api/ua/v1/market/ticker': (query) => unified.ticker(query),
  '/api/ua/v1/market/trade': (query) => unified.trade(query),
  '/api/ua/v1/market/orderbook': (query) => unified.orderBook(query),
  '/api/ua/v1/market/kline': (query) => unified.kline(query),
})

const plain = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !SKIPPED_KEYS.has(name)))

/** What is wrong with ours, or undefined. */
function difference(sent: ReceivedRequest | undefined, url: URL, body: Record<string, unknown>): string | undefined {
  if (sent === undefined) return 'nothing was sent'
  if (sent.url.pathname !== url.pathname) return `path ${sent.url.pathname}`
  const ours = plain(sent.body === '' ? {} : (JSON.parse(sent.body) as Record<string, unknown>))
  for (const name of STATED) if (!(name in body)) Reflect.deleteProperty(ours, name)
  const theirs = plain(body)
  for (const object of [ours, theirs]) if (object['postOnly'] === undefined) Reflect.deleteProperty(object, 'postOnly')
  const sorted = (fields: Record<string, unknown>) => JSON.stringify(Object.entries(fields).sort())
  if (sorted(ours) !== sorted(theirs)) return `body ${sorted(ours)} instead of ${sorted(theirs)}`
  const queryOf = (one: URL) => sorted(plain(Object.fromEntries(one.searchParams)))
  return queryOf(sent.url) === queryOf(url) ? undefined : `query ${sent.url.search} instead of ${url.search}`
}

describe('recorded requests', () => {
  it.skipIf(!existsSync(REQUESTS))('are ours too (skipped where the recording is absent)', async () => {
    const { methods } = read(REQUESTS) as { methods: Record<string, Omit<Recorded, 'method'>[]> }
    const all = Object.entries(methods).flatMap(([method, cases]) => cases.map((one) => ({ ...one, method })))
    const isLeftOut = ({ url, output }: Recorded) =>
      LEFT_OUT.find(
        ([pattern]) =>
          pattern.test(url) || (/tradeType":"FUTURES|marginModel|MARGIN/.test(output ?? '') && pattern.test('FUTURES')),
      )
    const spot = all.filter((one) => !['futures', 'margin and lending'].includes(isLeftOut(one)?.[1] ?? ''))
    const left = spot.filter((one) => isLeftOut(one) !== undefined)
    const wanted = spot.filter((one) => isLeftOut(one) === undefined)
    const failures: string[] = []
    const calls = CALLS()
    for (const { method, url: text, output, description } of wanted) {
      const url = new URL(text)
      const body = output == null ? {} : (JSON.parse(output) as Body)
      const wild = url.pathname.replace(/\/[^/]+$/, '/*')
      const call = calls[url.pathname] ?? calls[wild]
      const id = url.pathname.split('/').at(-1) ?? ''
      server.received.length = 0
      // The scripted exchange knows no answer: what counts is what was sent.
      await call?.(Object.fromEntries(url.searchParams), body, id).catch(() => undefined)
      const sent = server.received.findLast(({ url: one }) => one.pathname === url.pathname)
      const wrong = difference(sent, url, body)
      if (wrong !== undefined) failures.push(`${method} (${description ?? ''}) ${text}: ${wrong}`)
    }
    const reasons = left.map((one) => `${new URL(one.url).pathname}: ${isLeftOut(one)?.[1] ?? ''}`)
    const list = [...new Set(reasons)].sort().map((line) => `  ${line}\n`)
    const done = wanted.length - failures.length
    process.stdout.write(`KuCoin: ${done} of ${spot.length} spot requests reproduced; left out:\n${list.join('')}`)
    expect(failures).toEqual([])
    expect(wanted.length).toBeGreaterThan(40)
  })
})
