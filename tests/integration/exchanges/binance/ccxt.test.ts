import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import { until } from '../../../support/until'
import { PaperBinance } from './paper'

// ccxt as a witness: it signs, asks and reads by its own lights. What it understands here, it understands at Binance.

type Binance = InstanceType<typeof ccxt.pro.binance>
type Urls = string | { [name: string]: Urls }

const SYMBOL = 'BTC/USDT'
let paper: PaperBinance
let exchange: Binance

const moved = (urls: Urls): Urls =>
  typeof urls === 'string'
    ? urls.replace(/^https?:\/\/[^/]+/, paper.url).replace(/^wss?:\/\/[^/]+/, paper.socketUrl)
    : Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, moved(value)]))

async function witness({ apiKey, apiSecret }: Credentials): Promise<Binance> {
  const made = new ccxt.pro.binance({
    apiKey,
    secret: apiSecret,
    enableRateLimit: false,
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, fetchMargins: false },
  })
  Object.assign(made.urls, { api: moved(made.urls['api'] as Urls) })
  made.has['fetchCurrencies'] = false
  await made.loadHttpProxyAgent()
  await made.loadMarkets()
  return made
}

const idOf = (order: { id: string | undefined }): string => order.id ?? ''

beforeAll(async () => {
  paper = await PaperBinance.start()
  await paper.price('60000')
  exchange = await witness(await paper.open())
})
afterAll(async () => {
  await exchange.close()
  await paper.close()
  expect(paper.ownFaults).toEqual([])
})

it('reads markets, tickers, books, trades and candles', async () => {
  const market = exchange.market(SYMBOL)
  expect([market.precision.price, market.precision.amount, market.limits.cost?.min]).toEqual([0.01, 0.00001, 5])
  expect((await exchange.fetchTicker(SYMBOL)).last).toBe(60000)
  expect(Object.keys(await exchange.fetchTickers())).toContain(SYMBOL)
  expect((await exchange.fetchTickers([SYMBOL], { rolling: true }))[SYMBOL]?.last).toBe(60000)
  expect((await exchange.fetchLastPrices([SYMBOL]))[SYMBOL]?.price).toBe(60000)
  expect((await exchange.fetchOrderBook(SYMBOL, 5)).bids.length).toBe(5)
  expect((await exchange.fetchTrades(SYMBOL, undefined, 5)).length).toBe(5)
  const candles = await exchange.fetchOHLCV(SYMBOL, '1m', undefined, 10)
  expect([candles.length, (candles[1]?.[0] ?? 0) - (candles[0]?.[0] ?? 0)]).toEqual([10, 60_000])
  expect(Math.abs((await exchange.fetchTime())! - Date.now())).toBeLessThan(2000)
})

it('reads balances and fees', async () => {
  const balance = await exchange.fetchBalance()
  expect([balance['USDT']?.free, balance['BTC']?.total]).toEqual([100_000, 2])
  expect((await exchange.fetchTradingFee(SYMBOL)).taker).toBe(0.001)
})

describe('orders', () => {
  it('buys a quantity and for an amount, sells, and reads its trades', async () => {
    const bought = await exchange.createOrder(SYMBOL, 'market', 'buy', 0.01)
    expect(bought).toMatchObject({ status: 'closed', filled: 0.01, side: 'buy' })
    expect(bought.fee?.currency).toBe('BTC')
    const spent = await exchange.createMarketBuyOrderWithCost(SYMBOL, 600)
    expect(spent.cost).toBeGreaterThan(590)
    const sold = await exchange.createOrder(SYMBOL, 'market', 'sell', 0.005)
    const trades = await exchange.fetchMyTrades(SYMBOL)
    expect(new Set(trades.map((trade) => trade.order))).toEqual(new Set([bought.id, spent.id, sold.id]))
    expect((await exchange.fetchClosedOrders(SYMBOL)).length).toBe(3)
  })

  it.each([
    ['limit', {}, 54000, 'LIMIT'],
    ['limit', { postOnly: true }, 54000, 'LIMIT_MAKER'],
    ['limit', { icebergAmount: 0.005 }, 54000, 'LIMIT'],
    ['limit', { stopPrice: 63000 }, 63100, 'STOP_LOSS_LIMIT'],
    ['market', { stopLossPrice: 63000 }, undefined, 'STOP_LOSS'],
    ['limit', { takeProfitPrice: 57000 }, 56900, 'TAKE_PROFIT_LIMIT'],
    ['market', { takeProfitPrice: 57000 }, undefined, 'TAKE_PROFIT'],
    ['market', { trailingPercent: 2, stopLossOrTakeProfit: 'stopLoss' }, undefined, 'STOP_LOSS'],
  ] as const)('a %s order with %j rests, is found and is canceled', async (type, params, price, kind) => {
    const id = idOf(await exchange.createOrder(SYMBOL, type, 'buy', 0.01, price, params))
    const found = await exchange.fetchOrder(id, SYMBOL)
    expect(found).toMatchObject({ status: 'open', amount: 0.01, side: 'buy', info: { type: kind } })
    expect((await exchange.fetchOpenOrders(SYMBOL)).map((order) => order.id)).toEqual([id])
    expect((await exchange.cancelOrder(id, SYMBOL)).status).toBe('canceled')
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([])
  })

  it('edits, cancels all, and turns refusals into its own errors', async () => {
    const id = idOf(await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50000, { clientOrderId: 'witness-1' }))
    const edited = await exchange.editOrder(id, SYMBOL, 'limit', 'buy', 0.02, 51000)
    expect([edited.price, edited.amount]).toEqual([51000, 0.02])
    await exchange.createOrder(SYMBOL, 'limit', 'sell', 0.01, 70000)
    expect(await exchange.cancelAllOrders(SYMBOL)).toHaveLength(2)
    await expect(exchange.cancelOrder('999999', SYMBOL)).rejects.toThrow(ccxt.OrderNotFound)
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 10, 50000)).rejects.toThrow(ccxt.InsufficientFunds)
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 0.00001, 50000)).rejects.toThrow('NOTIONAL')
    const taking = exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 61000, { postOnly: true })
    await expect(taking).rejects.toThrow(ccxt.OrderImmediatelyFillable)
    const wrong = await witness({ ...(await paper.open()), apiSecret: 'wrong' })
    await expect(wrong.fetchBalance()).rejects.toThrow(ccxt.AuthenticationError)
    await wrong.close()
  })
})

describe('streams', () => {
  it('follows the public ones', async () => {
    const all = Promise.all([
      exchange.watchTrades(SYMBOL),
      exchange.watchTicker(SYMBOL),
      exchange.watchOHLCV(SYMBOL, '1m'),
      exchange.watchOrderBook(SYMBOL),
    ])
    const mover = setInterval(() => void paper.price('60000'), 200)
    const [trades, ticker, candles, book] = await all.finally(() => {
      clearInterval(mover)
    })
    expect(trades.length).toBeGreaterThan(0)
    expect(ticker.last).toBe(60000)
    expect(candles.length).toBeGreaterThan(0)
    expect(book.bids.length).toBeGreaterThan(0)
  })

  it('follows its own orders, trades and balance', async () => {
    const seen: string[] = []
    const follow = async () => {
      for (;;) for (const order of await exchange.watchOrders(SYMBOL)) seen.push(`${order.id} ${order.status}`)
    }
    void follow().catch(() => undefined)
    const fills = exchange.watchMyTrades(SYMBOL)
    void fills.catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const resting = idOf(await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50000))
    await until(() => seen.includes(`${resting} open`))
    await exchange.cancelOrder(resting, SYMBOL)
    await until(() => seen.includes(`${resting} canceled`))
    const { id } = await exchange.createOrder(SYMBOL, 'market', 'sell', 0.01)
    await until(() => seen.includes(`${id} closed`))
    expect((await fills)[0]).toMatchObject({ order: id, side: 'sell' })
  })
})

it('reads deposits, withdrawals and transfers', async () => {
  const { apiKey } = exchange
  const move = (kind: string, asset: string, amount: string, fee = '0') =>
    paper.control('POST', 'transfers', { apiKey, kind, asset, amount, fee })
  await move('DEPOSIT', 'USDT', '12.5')
  await move('WITHDRAWAL', 'BTC', '0.1', '0.0005')
  await move('TRANSFER_IN', 'USDT', '3')
  const [deposit] = await exchange.fetchDeposits()
  expect([deposit?.currency, deposit?.amount, deposit?.status]).toEqual(['USDT', 12.5, 'ok'])
  const [withdrawal] = await exchange.fetchWithdrawals()
  expect([withdrawal?.currency, withdrawal?.amount, withdrawal?.fee?.cost, withdrawal?.status]).toEqual([
    'BTC',
    0.1,
    0.0005,
    'ok',
  ])
  expect(Math.abs((withdrawal?.timestamp ?? 0) - Date.now())).toBeLessThan(10_000)
  const { rows } = (await exchange.sapiGetAssetTransfer({ type: 'FUNDING_MAIN' })) as {
    rows: Record<string, unknown>[]
  }
  const transfer = exchange.parseTransfer(rows[0] ?? {})
  expect([transfer.currency, transfer.amount, transfer.status]).toEqual(['USDT', 3, 'ok'])
})
