import ccxt from 'ccxt'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newClientOrderId } from '@/lib/platform/ids'
import { PaperKucoin, SYMBOL as symbol } from './paper'

// ccxt, written by others, against the paper KuCoin: REST and WebSocket, classic and unified accounts.

let paper: PaperKucoin
type Witness = InstanceType<typeof ccxt.pro.kucoin>
let witness: Witness
const opened: Witness[] = []

/** Sends everything of a client to the paper exchange. */
function localize(client: Witness): Witness {
  const { url } = paper.simulator
  const move = (value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .replace(/^https?:\/\/[^/]+/, `${url}/kucoin`)
          .replace(/^wss?:\/\/[^/]+/, `${url.replace('http', 'ws')}/kucoin/`)
      : Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, move(inner)]))
  client.urls['api'] = move(client.urls['api']) as never
  client.has['fetchCurrencies'] = false
  return client
}

async function connect(accountMode: 'CLASSIC' | 'UNIFIED'): Promise<Witness> {
  const { apiKey, apiSecret, apiPassphrase = '' } = await paper.open(accountMode)
  const client = localize(
    new ccxt.pro.kucoin({
      apiKey,
      secret: apiSecret,
      password: apiPassphrase,
      enableRateLimit: false,
      options: {
        uta: accountMode === 'UNIFIED',
        hf: true,
        fetchMarkets: { types: ['spot'], fetchTickersFees: false },
      },
    }),
  )
  opened.push(client)
  // Needed once for ws:// addresses.
  await client.loadHttpProxyAgent()
  await client.loadMarkets()
  return client
}

beforeAll(async () => {
  paper = await PaperKucoin.start()
})
afterAll(async () => {
  for (const client of opened) await client.close()
  await paper.close()
})

describe.each(['CLASSIC', 'UNIFIED'] as const)('ccxt on a %s account', (accountMode) => {
  beforeEach(async () => {
    await paper.hold('60000')
    witness = await connect(accountMode)
  })

  it('reads the markets with the rules that hold', () => {
    expect(witness.market(symbol)).toMatchObject({ id: 'BTC-USDT', precision: { amount: 0.00001, price: 0.01 } })
  })

  it('reads the statement of the account', async () => {
    const { apiKey } = witness
    // Its list of all accounts goes beyond the spot market.
    witness.accounts = [{ id: 'own', type: 'unified', info: {} }] as never
    const move = (kind: string, asset: string, amount: string) =>
      paper.control('POST', 'transfers', { apiKey, kind, asset, amount })
    await move('DEPOSIT', 'USDT', '12.5')
    await new Promise((resolve) => setTimeout(resolve, 5))
    await move('TRANSFER_OUT', 'BTC', '0.1')
    const ledger = await witness.fetchLedger(
      undefined,
      undefined,
      undefined,
      accountMode === 'UNIFIED' ? { accountType: 'UNIFIED' } : {},
    )
    const shown = ledger.map((entry) => [entry.currency, Number(entry.amount), entry.direction])
    expect(shown.slice(-2)).toEqual([
      ['USDT', 12.5, 'in'],
      ['BTC', 0.1, 'out'],
    ])
    expect(ledger.at(-1)?.after).toBeCloseTo(0.9)
  })

  it('reads balances, tickers, books, trades and candles', async () => {
    const balance = (await witness.fetchBalance()) as unknown as Record<string, { total: number }>
    expect([balance['USDT']?.total, balance['BTC']?.total]).toEqual([100000, 1])
    expect((await witness.fetchTicker(symbol)).last).toBe(60000)
    expect(Object.keys(await witness.fetchTickers())).toContain(symbol)
    const book = await witness.fetchOrderBook(symbol, 20)
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0)
    expect((await witness.fetchTrades(symbol)).length).toBeGreaterThan(0)
    const candles = await witness.fetchOHLCV(symbol, '1m', Date.now() - 30 * 60_000, 20)
    expect(candles).toHaveLength(20)
    expect(
      candles.every(
        ([, open, high, low, close]) =>
          Number(high) >= Math.max(Number(open), Number(close)) && Number(low) <= Number(open),
      ),
    ).toBe(true)
    const fee = await witness.fetchTradingFee(symbol)
    expect([fee['maker'], fee['taker']]).toEqual([0.001, 0.001])
  })

  it('trades at market and finds its executions', async () => {
    const clientOrderId = newClientOrderId()
    const placed = await witness.createOrder(symbol, 'market', 'buy', 0.01, undefined, { clientOrderId })
    const order = await witness.fetchOrder(placed.id ?? '', symbol)
    expect(order).toMatchObject({ status: 'closed', filled: 0.01, clientOrderId, side: 'buy', type: 'market' })
    const trades = await witness.fetchMyTrades(symbol)
    expect(trades.reduce((total, { amount }) => total + Number(amount), 0)).toBeCloseTo(0.01, 8)
    expect(
      trades.every(({ fee, order: id }) => fee?.currency === 'USDT' && Number(fee.cost) > 0 && id === placed.id),
    ).toBe(true)
    // ccxt looks for the quote step under the classic name in a unified market.
    if (accountMode === 'CLASSIC') await witness.createMarketBuyOrderWithCost(symbol, 500)
    else await witness.createOrder(symbol, 'market', 'buy', 0.01, undefined, { size: '500', sizeUnit: 'QUOTECCY' })
    expect((await witness.fetchClosedOrders(symbol)).length).toBe(2)
  })

  it('rests, looks up by both ids, and cancels', async () => {
    const clientOrderId = newClientOrderId()
    const placed = await witness.createOrder(symbol, 'limit', 'buy', 0.01, 50000, { clientOrderId, postOnly: true })
    const open = await witness.fetchOpenOrders(symbol)
    expect(open.map((order) => [order.id, order.clientOrderId, order.price, order.amount, order.status])).toEqual([
      [placed.id, clientOrderId, 50000, 0.01, 'open'],
    ])
    expect((await witness.fetchOrder('', symbol, { clientOid: clientOrderId })).id).toBe(placed.id)
    await witness.cancelOrder(placed.id ?? '', symbol)
    expect((await witness.fetchOrder(placed.id ?? '', symbol)).status).toBe('canceled')
    await witness.createOrder(symbol, 'limit', 'buy', 0.01, 50000)
    await witness.createOrder(symbol, 'limit', 'sell', 0.01, 70000)
    await witness.cancelAllOrders(symbol)
    expect(await witness.fetchOpenOrders(symbol)).toEqual([])
  })

  it('is refused in words that it understands', async () => {
    const tooMuch = witness.createOrder(symbol, 'limit', 'buy', 100, 50000)
    await expect(tooMuch).rejects.toBeInstanceOf(ccxt.InsufficientFunds)
    const wrong = await connect(accountMode)
    wrong.secret = 'wrong'
    await expect(wrong.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError)
  })

  it('places stop losses and take profits', async () => {
    const stop = await witness.createOrder(symbol, 'market', 'sell', 0.01, undefined, { stopLossPrice: 55000 })
    const target = await witness.createOrder(symbol, 'limit', 'sell', 0.01, 65000, { takeProfitPrice: 65000 })
    const more = accountMode === 'CLASSIC' ? { trigger: true } : { orderFilter: 'ADVANCED' }
    const waiting = await witness.fetchOpenOrders(symbol, undefined, undefined, more)
    expect(waiting.map((order) => [order.id, order.triggerPrice, order.status]).sort()).toEqual(
      [
        [stop.id, 55000, 'open'],
        [target.id, 65000, 'open'],
      ].sort(),
    )
    await witness.cancelOrder(stop.id ?? '', symbol, { trigger: true })
    await witness.cancelAllOrders(symbol, { trigger: true })
    expect(await witness.fetchOpenOrders(symbol, undefined, undefined, more)).toEqual([])
  })

  it('follows its orders and balance over the private stream', async () => {
    const orders = witness.watchOrders(symbol)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const placed = await witness.createOrder(symbol, 'limit', 'buy', 0.01, 50000)
    expect((await orders).map(({ id, status }) => [id, status])).toEqual([[placed.id, 'open']])
    const next = witness.watchOrders(symbol)
    await witness.cancelOrder(placed.id ?? '', symbol)
    expect((await next).at(-1)).toMatchObject({ id: placed.id, status: 'canceled' })
    const balance = witness.watchBalance()
    await new Promise((resolve) => setTimeout(resolve, 300))
    await witness.createOrder(symbol, 'market', 'buy', 0.01)
    expect(await balance).toBeDefined()
  })
})

describe('ccxt and the classic extras', () => {
  it('edits an order, which keeps its client id', async () => {
    await paper.hold('60000')
    const client = await connect('CLASSIC')
    const clientOrderId = newClientOrderId()
    const placed = await client.createOrder(symbol, 'limit', 'buy', 0.01, 50000, { clientOrderId })
    const edited = await client.editOrder(placed.id ?? '', symbol, 'limit', 'buy', 0.02, 51000)
    const [open] = await client.fetchOpenOrders(symbol)
    expect(open).toMatchObject({ id: edited.id, price: 51000, amount: 0.02, clientOrderId })
    expect(edited.id).not.toBe(placed.id)
  })

  it('follows tickers, trades, candles and books over the public stream', async () => {
    await paper.control('PUT', 'market', { source: 'synthetic', seed: 7 })
    const client = await connect('CLASSIC')
    const [ticker, trades, candles, book] = await Promise.all([
      client.watchTicker(symbol),
      client.watchTrades(symbol),
      client.watchOHLCV(symbol, '1m'),
      client.watchOrderBook(symbol),
    ])
    expect(ticker.last).toBeGreaterThan(0)
    expect(trades[0]?.price).toBeGreaterThan(0)
    expect(candles[0]).toHaveLength(6)
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0)
  })
})
