import ccxt from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import { until } from '../../../support/until'
import { PaperBitget } from './paper'

// ccxt as a witness: it signs, asks and reads by its own lights. What it understands here, it understands at Bitget.

type Bitget = InstanceType<typeof ccxt.pro.bitget>

const SYMBOL = 'BTC/USDT'
let paper: PaperBitget

type Urls = string | { [name: string]: Urls }
const moved = (urls: Urls): Urls =>
  typeof urls === 'string'
    ? urls
        .replaceAll('{hostname}', 'bitget.com')
        .replace(/^https?:\/\/[^/]+/, paper.url)
        .replace(/^wss?:\/\/[^/]+/, paper.url.replace('http', 'ws'))
    : Object.fromEntries(Object.entries(urls).map(([name, value]) => [name, moved(value)]))

const idOf = (order: { id: string | undefined }): string => order.id ?? ''

async function witness(credentials: Credentials, mode: AccountMode): Promise<Bitget> {
  const exchange = new ccxt.pro.bitget({
    apiKey: credentials.apiKey,
    secret: credentials.apiSecret,
    password: credentials.apiPassphrase ?? '',
    enableRateLimit: false,
    options: { defaultType: 'spot', uta: mode === 'UNIFIED', fetchMarkets: { types: ['spot'] } },
  })
  Object.assign(exchange.urls, { api: moved(exchange.urls['api'] as Urls) })
  exchange.has['fetchCurrencies'] = false
  await exchange.loadHttpProxyAgent()
  return exchange
}

beforeAll(async () => {
  paper = await PaperBitget.start()
  await paper.price('60000')
})
afterAll(async () => {
  await paper.close()
  expect(PaperBitget.faults).toEqual([])
})

describe.each(['CLASSIC', 'UNIFIED'] as const)('ccxt on a %s account', (mode) => {
  let exchange: Bitget
  beforeAll(async () => {
    exchange = await witness(await paper.open(mode), mode)
    await exchange.loadMarkets()
  })
  afterAll(async () => {
    await exchange.close()
  })

  it('reads the statement of the account', async () => {
    const own = await witness(await paper.open(mode), mode)
    await own.loadMarkets()
    const { apiKey } = own
    const move = (kind: string, asset: string, amount: string) =>
      paper.control('POST', 'transfers', { apiKey, kind, asset, amount })
    await move('DEPOSIT', 'USDT', '12.5')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await move('TRANSFER_OUT', 'BTC', '0.1')
    const ledger = await own.fetchLedger()
    const shown = ledger.map((entry) => [entry.currency, Number(entry.amount), entry.direction])
    expect(shown.slice(-2)).toEqual([
      ['USDT', 12.5, 'in'],
      ['BTC', 0.1, 'out'],
    ])
    expect(ledger.at(-1)?.after).toBeCloseTo(1.9)
    await own.close()
  })

  it('reads markets, tickers, books, trades and candles', async () => {
    const market = exchange.market(SYMBOL)
    expect([market.precision.price, market.precision.amount, market.spot]).toEqual([0.01, 0.00001, true])
    expect((await exchange.fetchTicker(SYMBOL)).last).toBe(60000)
    expect(Object.keys(await exchange.fetchTickers(mode === 'UNIFIED' ? [SYMBOL] : undefined))).toContain(SYMBOL)
    const book = await exchange.fetchOrderBook(SYMBOL, 5)
    expect([book.bids.length, book.asks.length]).toEqual([5, 5])
    expect((await exchange.fetchTrades(SYMBOL, undefined, 5)).length).toBe(5)
    const candles = await exchange.fetchOHLCV(SYMBOL, '1m', undefined, 10)
    // The newest bar has nothing in it at the turn of a minute.
    expect([9, 10]).toContain(candles.length)
    expect((candles[1]?.[0] ?? 0) - (candles[0]?.[0] ?? 0)).toBe(60_000)
    expect(Math.abs((await exchange.fetchTime())! - Date.now())).toBeLessThan(2000)
  })

  it('reads balances and fees', async () => {
    const balance = await exchange.fetchBalance()
    expect([balance['USDT']?.free, balance['BTC']?.free]).toEqual([100_000, 2])
    expect((await exchange.fetchTradingFee(SYMBOL)).taker).toBe(0.001)
  })

  it('buys and sells at market and reads its trades', async () => {
    const bought = await exchange.createOrder(SYMBOL, 'market', 'buy', mode === 'UNIFIED' ? 600 : 0.01, 60000)
    const order = await exchange.fetchOrder(idOf(bought), SYMBOL)
    expect([order.status, order.side]).toEqual(['closed', 'buy'])
    expect(order.filled).toBeCloseTo(0.01, 4)
    const sold = await exchange.createOrder(SYMBOL, 'market', 'sell', 0.005)
    expect((await exchange.fetchOrder(idOf(sold), SYMBOL)).filled).toBe(0.005)
    const trades = await exchange.fetchMyTrades(SYMBOL)
    expect(new Set(trades.map((trade) => trade.order))).toEqual(new Set([bought.id, sold.id]))
    expect(trades.find((trade) => trade.side === 'buy')?.fee?.currency).toBe('BTC')
    expect((await exchange.fetchClosedOrders(SYMBOL)).map((one) => one.id).sort()).toEqual([bought.id, sold.id].sort())
  })

  it('rests, finds, edits and cancels limit orders', async () => {
    const clientOrderId = `witness-${mode}-1`
    const id = idOf(await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 50000, { clientOrderId }))
    expect(await exchange.fetchOrder(id, SYMBOL)).toMatchObject({ status: 'open', price: 50000, amount: 0.01 })
    expect((await exchange.fetchOrder('', SYMBOL, { clientOid: clientOrderId })).id).toBe(id)
    expect((await exchange.fetchOpenOrders(SYMBOL)).map((order) => [order.id, order.price])).toEqual([[id, 50000]])
    const edited = await exchange.editOrder(id, SYMBOL, 'limit', 'buy', 0.02, 51000)
    expect((await exchange.fetchOrder(idOf(edited), SYMBOL)).price).toBe(51000)
    expect(edited.id === id).toBe(mode === 'UNIFIED')
    await exchange.cancelOrder(idOf(edited), SYMBOL)
    expect((await exchange.fetchOrder(idOf(edited), SYMBOL)).status).toBe('canceled')
    await exchange.createOrder(SYMBOL, 'limit', 'sell', 0.01, 70000, { postOnly: true })
    await exchange.cancelAllOrders(SYMBOL)
    expect(await exchange.fetchOpenOrders(SYMBOL)).toEqual([])
    await expect(exchange.cancelOrder('1300000000009999999', SYMBOL)).rejects.toThrow()
  })

  it('places, changes and cancels an order with a trigger', async () => {
    const params = mode === 'UNIFIED' ? { stopLossPrice: 55000 } : { triggerPrice: 55000 }
    const id = idOf(await exchange.createOrder(SYMBOL, 'limit', 'sell', 0.01, 54900, params))
    const [open] = await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })
    expect([open?.id, open?.amount, open?.price]).toEqual([id, 0.01, 54900])
    const changed = mode === 'UNIFIED' ? { stopLossPrice: 54000 } : { triggerPrice: 54000 }
    await exchange.editOrder(id, SYMBOL, 'limit', 'sell', 0.02, 53900, changed)
    await exchange.cancelOrder(id, SYMBOL, { trigger: true })
    expect(await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).toEqual([])
    const closed = await exchange.fetchCanceledAndClosedOrders(SYMBOL, undefined, undefined, { trigger: true })
    expect(closed.map((order) => [order.id, order.amount])).toEqual([[id, 0.02]])
  })

  it('turns refusals into its own errors', async () => {
    await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 10, 50000)).rejects.toThrow(ccxt.BaseError)
    if (mode === 'CLASSIC')
      await expect(exchange.createOrder(SYMBOL, 'limit', 'buy', 10, 50000)).rejects.toThrow(ccxt.InsufficientFunds)
    const { apiPassphrase, ...keys } = await paper.open(mode)
    const wrong = await witness({ ...keys, apiPassphrase: `${apiPassphrase}x` }, mode)
    await expect(wrong.fetchBalance()).rejects.toThrow(ccxt.AuthenticationError)
    await wrong.close()
  })

  it('follows the public streams', async () => {
    const [trades, ticker, candles, book] = await Promise.all([
      exchange.watchTrades(SYMBOL, undefined, undefined, { uta: mode === 'UNIFIED' }),
      exchange.watchTicker(SYMBOL, { uta: mode === 'UNIFIED' }),
      exchange.watchOHLCV(SYMBOL, '1m', undefined, undefined, { uta: mode === 'UNIFIED' }),
      exchange.watchOrderBook(SYMBOL, 5, { uta: mode === 'UNIFIED' }),
    ])
    expect(trades.length).toBeGreaterThan(0)
    expect(ticker.last).toBe(60000)
    expect(candles.length).toBeGreaterThan(0)
    expect(book.bids.length).toBe(5)
  })

  it('follows its own orders, trades and balance', async () => {
    const seen: string[] = []
    const uta = mode === 'UNIFIED'
    const follow = async () => {
      for (;;) {
        const orders = await exchange.watchOrders(SYMBOL, undefined, undefined, { uta })
        for (const order of orders) seen.push(`${order.id} ${order.status}`)
      }
    }
    void follow().catch(() => undefined)
    const balances = exchange.watchBalance({ uta })
    const fills = exchange.watchMyTrades(SYMBOL, undefined, undefined, { uta })
    void fills.catch(() => undefined)
    expect((await balances)['USDT']?.total).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { id } = await exchange.createOrder(SYMBOL, 'limit', 'buy', 0.01, 61000)
    await until(() => seen.includes(`${id} closed`))
    expect((await fills)[0]).toMatchObject({ order: id, side: 'buy' })
  })
})
