import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { bitgetDialect } from '@/lib/exchanges/bitget/dialect'
import { placeBody } from '@/lib/exchanges/bitget/map-classic'
import { mapInstrument } from '@/lib/exchanges/bitget/map-market'
import { unifiedPlaceBody } from '@/lib/exchanges/bitget/map-unified'
import { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import { symbolSchema } from '@/lib/exchanges/bitget/schemas'
import { UnifiedRawClient } from '@/lib/exchanges/bitget/unified-raw-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'

// ccxt's own collection of requests and markets (MIT license), where it lies beside the project.

const FOLDER = '../shared/fixtures/ccxt'
const load = (name: string): unknown => JSON.parse(readFileSync(`${FOLDER}/${name}/bitget.json`, 'utf8'))

describe.skipIf(!existsSync(`${FOLDER}/markets/bitget.json`))(
  'markets of the ccxt fixtures (skipped where ../shared/fixtures is absent)',
  () => {
    it('have the tick, step and least value that ccxt reads', () => {
      const markets = Object.values(load('markets') as Record<string, CcxtMarket>).filter((market) => market.spot)
      for (const market of markets) {
        const instrument = mapInstrument(symbolSchema.parse(market.info))
        const least = market.limits.amount.min ?? 0
        expect([
          instrument.symbol,
          instrument.tickSize.toNumber(),
          instrument.stepSize.toNumber(),
          instrument.minQuantity.toNumber(),
          instrument.minNotional.toNumber(),
          instrument.isTrading,
        ]).toEqual([
          market.symbol,
          market.precision.price,
          market.precision.amount,
          least,
          market.limits.cost.min,
          market.active,
        ])
      }
      expect(markets.length).toBeGreaterThanOrEqual(7)
    })
  },
)

interface CcxtMarket {
  spot: boolean
  symbol: string
  active: boolean
  precision: { price: number; amount: number }
  limits: { amount: { min: number | null }; cost: { min: number } }
  info: unknown
}

interface CcxtRequest {
  description: string
  url: string
  input?: unknown[]
  output?: string | null
}

interface Wanted {
  name: string
  method: 'GET' | 'POST'
  path: string
  params: Record<string, string>
  body: unknown
  input: unknown[]
}

const credentials = { apiKey: 'k', apiSecret: 's', apiPassphrase: 'p' }
let server: Server
let received: { method: string; url: URL; body: string } | undefined
let raw: BitgetRawClient
let unified: UnifiedRawClient
let http: ExchangeHttp

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1')
      const isClock = url.pathname === '/api/v2/public/time'
      if (!isClock) received = { method: request.method ?? '', url, body }
      const data = isClock ? { serverTime: String(Date.now()) } : null
      response.end(JSON.stringify({ code: '00000', msg: 'success', requestTime: 1, data }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  http = new ExchangeHttp({
    clock: Date.now,
    transport: new HttpTransport(readBaseAddress(`http://127.0.0.1:${port}`, 'http')),
    dialect: bitgetDialect(false),
  })
  raw = new BitgetRawClient(http)
  unified = new UnifiedRawClient(http)
})
afterAll(async () => {
  await http.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const json = (text: string | null | undefined): unknown =>
  text === undefined || text === null ? undefined : JSON.parse(text)

/** Requests of the spot market and of its accounts. */
function spotRequests(): Wanted[] {
  const { methods } = load('request') as { methods: Record<string, CcxtRequest[]> }
  return Object.entries(methods).flatMap(([name, requests]) =>
    requests.flatMap((request) => {
      if (!request.url) return []
      const url = new URL(request.url)
      const body = json(request.output)
      const params = Object.fromEntries(url.searchParams)
      const category = params['category'] ?? (body as { category?: string } | undefined)?.category
      const isContract = JSON.stringify(request.input ?? []).includes(':USDT') || url.pathname.includes('/position/')
      const isSpot = url.pathname.startsWith('/api/v2/spot/') || params['businessType'] === 'spot'
      const isUnified = url.pathname.startsWith('/api/v3/') && !isContract && (category ?? 'SPOT') === 'SPOT'
      if (!isSpot && !isUnified) return []
      const method = body === undefined ? ('GET' as const) : ('POST' as const)
      return [
        {
          name: `${name}: ${request.description}`,
          method,
          path: url.pathname,
          params,
          body,
          input: request.input ?? [],
        },
      ]
    }),
  )
}

type Send = (wanted: Wanted) => Promise<unknown>
const get =
  (call: (params: Record<string, string>) => Promise<unknown>): Send =>
  ({ params }) =>
    call(params)
const read =
  (call: (c: typeof credentials, params: Record<string, string>) => Promise<unknown>): Send =>
  ({ params }) =>
    call(credentials, params)
const post =
  (call: (c: typeof credentials, body: Record<string, unknown>) => Promise<unknown>): Send =>
  ({ body }) =>
    call(credentials, body as Record<string, unknown>)

/** The order that ccxt's arguments ask for, by our words. */
function requestOf({ name, input, body }: Wanted): OrderRequest {
  const [symbol, type, side, amount, price, more] = input as [string, string, string, number, string?, Named?]
  const isBuy = side === 'buy' || name.startsWith('createMarketBuyOrderWithCost')
  const isLimit = type === 'limit'
  const base = {
    clientOrderId: '01JD0000000000000000000001',
    symbol,
    side: isBuy ? ('BUY' as const) : ('SELL' as const),
    type: isLimit ? ('LIMIT' as const) : ('MARKET' as const),
    ...(more?.postOnly === true ? { isPostOnly: true } : {}),
  }
  if (isLimit) return { ...base, quantity: d(String(amount)), limitPrice: d(String(price)) }
  if (!isBuy) return { ...base, quantity: d(String(amount)) }
  // What a purchase is to spend, as ccxt works it out of its arguments.
  return { ...base, quoteQuantity: d((body as { size: string }).size) }
}
interface Named {
  postOnly?: boolean
}

const exchangeSymbolOf = (symbol: string): string => symbol.replace('/', '')
const placed: Send = (wanted) => {
  const request = requestOf(wanted)
  return raw.placeOrder(credentials, placeBody(request, exchangeSymbolOf(request.symbol)))
}
const placedUnified: Send = (wanted) => {
  const request = requestOf(wanted)
  return unified.placeOrder(credentials, unifiedPlaceBody(request, exchangeSymbolOf(request.symbol)))
}

const SPOT = '/api/v2/spot'
const SENDERS = (): Record<string, Send> => ({
  [`${SPOT}/public/symbols`]: get((params) => raw.symbols(params)),
  [`${SPOT}/market/tickers`]: get((params) => raw.tickers(params)),
  [`${SPOT}/market/candles`]: get((params) => raw.candles(params)),
  [`${SPOT}/market/history-candles`]: get((params) => raw.historyCandles(params)),
  [`${SPOT}/market/orderbook`]: get((params) => raw.orderbook(params)),
  [`${SPOT}/market/fills-history`]: get((params) => raw.marketFills(params)),
  [`${SPOT}/account/assets`]: read((c, params) => raw.assets(c, params)),
  '/api/v2/common/trade-rate': read((c, params) => raw.tradeRate(c, params)),
  [`${SPOT}/trade/place-order`]: placed,
  [`${SPOT}/trade/batch-orders`]: post((c, body) => raw.batchOrders(c, body)),
  [`${SPOT}/trade/cancel-order`]: post((c, body) => raw.cancelOrder(c, body)),
  [`${SPOT}/trade/batch-cancel-order`]: post((c, body) => raw.batchCancelOrder(c, body)),
  [`${SPOT}/trade/cancel-symbol-order`]: post((c, body) => raw.cancelSymbolOrder(c, body)),
  [`${SPOT}/trade/orderInfo`]: read((c, params) => raw.orderInfo(c, params)),
  [`${SPOT}/trade/unfilled-orders`]: read((c, params) => raw.unfilledOrders(c, params)),
  [`${SPOT}/trade/history-orders`]: read((c, params) => raw.historyOrders(c, params)),
  [`${SPOT}/trade/fills`]: read((c, params) => raw.fills(c, params)),
  [`${SPOT}/trade/place-plan-order`]: post((c, body) => raw.placePlanOrder(c, body)),
  [`${SPOT}/trade/modify-plan-order`]: post((c, body) => raw.modifyPlanOrder(c, body)),
  [`${SPOT}/trade/cancel-plan-order`]: post((c, body) => raw.cancelPlanOrder(c, body)),
  [`${SPOT}/trade/batch-cancel-plan-order`]: post((c, body) => raw.batchCancelPlanOrder(c, body)),
  '/api/v3/market/tickers': get((params) => unified.tickers(params)),
  '/api/v3/market/candles': get((params) => unified.candles(params)),
  '/api/v3/market/orderbook': get((params) => unified.orderbook(params)),
  '/api/v3/market/fills': get((params) => unified.marketFills(params)),
  '/api/v3/account/assets': (_wanted) => unified.assets(credentials),
  '/api/v3/trade/place-order': placedUnified,
  '/api/v3/trade/modify-order': post((c, body) => unified.modifyOrder(c, body)),
  '/api/v3/trade/cancel-order': post((c, body) => unified.cancelOrder(c, body)),
  '/api/v3/trade/cancel-symbol-order': post((c, body) => unified.cancelSymbolOrder(c, body)),
  '/api/v3/trade/order-info': read((c, params) => unified.orderInfo(c, params)),
  '/api/v3/trade/unfilled-orders': read((c, params) => unified.unfilledOrders(c, params)),
})

/** Reviewed: what the bot does not ask for, and why. */
const NOT_OURS: Record<string, string> = {
  '/api/v2/spot/wallet/withdrawal': 'The bot never moves funds out.',
  '/api/v2/spot/wallet/withdrawal-records': 'The bot never moves funds out.',
  '/api/v2/spot/wallet/deposit-address': 'The bot never moves funds in.',
  '/api/v2/spot/wallet/deposit-records': 'The bot never moves funds in.',
  '/api/v2/spot/account/bills': 'The journal is made of orders and executions.',
  '/api/v2/spot/public/coins': 'Networks and withdrawal fees of coins are of no use to it.',
  '/api/v2/spot/trade/cancel-replace-order': 'It would ask again for what is executed before its cancel.',
  '/api/v3/market/margin-loans': 'No margin.',
  '/api/v3/account/set-hold-mode': 'Of contracts only.',
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`)

/** Our own id, our receive window and the case of the force are no part of the comparison. */
const comparable = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const { clientOid, force, requestTime, receiveWindow, ...rest } = body as Record<string, unknown>
  const ours = clientOid === '01JD0000000000000000000001' ? {} : { clientOid }
  const window = /^\d{13}$/.test(String(requestTime)) && receiveWindow === '5000' ? {} : { requestTime, receiveWindow }
  return JSON.parse(
    JSON.stringify({ ...rest, ...ours, ...window, force: typeof force === 'string' ? force.toLowerCase() : force }),
  ) as unknown
}

describe.skipIf(!existsSync(`${FOLDER}/request/bitget.json`))(
  'spot requests of the ccxt fixtures (skipped where ../shared/fixtures is absent)',
  () => {
    it('are made by our clients, but for those reviewed as not ours', async () => {
      const all = spotRequests()
      const senders = SENDERS()
      const others: string[] = []
      let made = 0
      for (const wanted of all) {
        const send = senders[wanted.path]
        if (send === undefined) {
          others.push(wanted.path)
          continue
        }
        received = undefined
        http.governor.setLimits({ [wanted.path]: 1000 })
        // The answer is empty, which most calls cannot read: only what was asked counts.
        await send(wanted).catch(() => undefined)
        expect(received, wanted.name).toBeDefined()
        const { method, url, body } = received as unknown as { method: string; url: URL; body: string }
        expect([method, url.pathname, Object.fromEntries(url.searchParams)], wanted.name).toEqual([
          wanted.method,
          wanted.path,
          wanted.params,
        ])
        if (wanted.method === 'POST') expect(comparable(JSON.parse(body)), wanted.name).toEqual(comparable(wanted.body))
        made += 1
      }
      say(`ccxt spot requests of Bitget: ${made} of ${all.length} reproduced`)
      for (const path of new Set(others)) say(`  not reproduced: ${path} (${NOT_OURS[path] ?? 'not reviewed'})`)
      expect([...new Set(others)].filter((path) => !(path in NOT_OURS))).toEqual([])
      expect(Object.keys(NOT_OURS).filter((path) => !others.includes(path))).toEqual([])
      expect(made).toBeGreaterThanOrEqual(50)
    })
  },
)
