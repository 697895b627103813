import { expect } from 'vitest'
import { ADAPTERS } from '@/lib/exchanges/adapters'
import { aggregateCandles } from '@/lib/domain/market/aggregate'
import { TIMEFRAME_MS, TIMEFRAMES } from '@/lib/domain/market/timeframe'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import { readHoldings } from '@/daemons/gateway/holdings'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'
import type { ContractCase } from './case'
import { failure } from '../../../support/failure'
import { START, symbol } from './paper-exchange'

const DAY = 86_400_000

export const ACCOUNT_CASES: ContractCase[] = [
  {
    name: 'a connection is tested with what the key may do',
    run: async (c) => {
      const report = await c.client.testConnection(c.credentials)
      expect(report).toMatchObject({ canTrade: true, canWithdraw: false, isIpRestricted: false, accountMode: c.mode })
    },
  },
  {
    name: 'the account system is found out when it is not known',
    run: async (c) => {
      const { accountMode: _mode, ...unknown } = c.credentials
      expect((await c.client.testConnection(unknown)).accountMode).toBe(c.mode)
      expect(await c.client.getBalance(unknown)).toHaveLength(2)
    },
  },
  {
    name: 'balances are those of the exchange, free and locked',
    run: async (c) => {
      await c.create(c.resting())
      const balances = await c.client.getBalance(c.credentials)
      expect(balances.map((balance) => [balance.asset, balance.total.toFixed()]).sort()).toEqual(
        Object.entries(START).sort(),
      )
      const { balances: kept } = await c.ledger()
      for (const { asset, free, locked, total } of balances) {
        expect([free.toFixed(), locked.toFixed()]).toEqual([kept[asset]?.free, kept[asset]?.locked])
        expect(total.toFixed()).toBe(free.plus(locked).toFixed())
      }
      expect(balances.some((balance) => balance.locked.gt(0))).toBe(true)
    },
  },
  {
    name: 'markets are loaded with their rules and progress',
    run: async (c) => {
      const progress: number[] = []
      const markets = await c.client.loadMarkets((done) => progress.push(done))
      expect(progress.at(-1)).toBe(markets.length)
      expect(markets.length).toBeGreaterThan(10)
      for (const market of markets) {
        expect(market.symbol).toBe(`${market.baseAsset}/${market.quoteAsset}`)
        for (const amount of [market.tickSize, market.stepSize, market.marketStepSize, market.quoteStepSize])
          expect(amount.gt(ZERO)).toBe(true)
      }
      expect(c.instrument.tickSize.toFixed()).toBe('0.01')
      expect(c.instrument.stepSize.toFixed()).toBe('0.00001')
      expect(c.instrument.isTrading).toBe(true)
    },
  },
  {
    name: 'tickers tell the price, one, several or all',
    run: async (c) => {
      const ticker = await c.client.getTicker(symbol)
      expect([ticker.symbol, ticker.lastPrice.toFixed()]).toEqual([symbol, '50000'])
      expect(ticker.bidPrice.lte(ticker.askPrice) && ticker.lowPrice.lte(ticker.highPrice)).toBe(true)
      const two = await c.client.getTickers([symbol, 'ETH/USDT'])
      expect(two.map((one) => one.symbol).sort()).toEqual([symbol, 'ETH/USDT'])
      expect((await c.client.getTickers()).length).toBeGreaterThan(10)
    },
  },
  ...TIMEFRAMES.map(
    (timeframe): ContractCase => ({
      name: `${timeframe} bars: any range, aligned, none missing`,
      run: async (c) => {
        const length = TIMEFRAME_MS[timeframe]
        const endTime = Date.now() - (Date.now() % DAY)
        const startTime = endTime - Math.max(DAY / 4, 6 * length)
        const range = { symbol, timeframe, startTime, endTime }
        const candles = await c.client.getCandles(range)
        expect(candles.map((candle) => candle.openTime)).toEqual(
          Array.from({ length: (endTime - startTime) / length }, (_, at) => startTime + at * length),
        )
        for (const { low, high, open, close, closeTime, openTime, isClosed } of candles) {
          expect(low.lte(open) && low.lte(close) && high.gte(open) && high.gte(close)).toBe(true)
          expect([closeTime - openTime, isClosed]).toEqual([length, true])
        }
        const minutes = await c.client.getCandles({ ...range, timeframe: '1m' })
        const built = timeframe === '1m' ? minutes : aggregateCandles(minutes, timeframe)
        const shown = (list: typeof candles) =>
          list.map((bar) => [bar.open, bar.high, bar.low, bar.close, bar.volume].map((amount) => amount.toFixed()))
        expect(shown(candles)).toEqual(shown(built))
      },
    }),
  ),
  {
    name: 'fees are ratios',
    run: async (c) => {
      const fees = await c.client.getFees(c.credentials, symbol)
      expect([fees.symbol, fees.maker.toFixed(), fees.taker.toFixed()]).toEqual([symbol, '0.001', '0.001'])
    },
  },
  {
    name: 'what came and went without an execution is told, with its sign',
    capability: 'transfers',
    run: async (c) => {
      const fromTime = Date.now() - 60_000
      const move = (kind: string, asset: string, amount: string, fee = '0') =>
        c.paper.control('POST', 'transfers', { apiKey: c.credentials.apiKey, kind, asset, amount, fee })
      await move('DEPOSIT', 'USDT', '250.5')
      await c.create(c.request({ type: 'MARKET', side: 'BUY' }))
      await move('WITHDRAWAL', 'BTC', '0.1', '0.0005')
      await move('TRANSFER_IN', 'ETH', '2')
      await move('TRANSFER_OUT', 'ETH', '0.5')
      const told = await c.client.getTransfers(c.credentials, fromTime)
      expect(new Set(told.map((one) => one.exchangeTransferId)).size).toBe(told.length)
      const sums = new Map<string, string>()
      for (const { kind, asset, amount } of told) {
        const key = `${asset} ${kind === 'FEE' ? 'WITHDRAWAL' : kind} ${amount.isNegative() ? 'out' : 'in'}`
        sums.set(
          key,
          d(sums.get(key) ?? '0')
            .plus(amount)
            .toFixed(),
        )
      }
      // Executions are not among them; the fee stands apart or within, and comes to the same.
      expect([...sums].sort()).toEqual([
        ['BTC WITHDRAWAL out', '-0.1005'],
        ['ETH TRANSFER in', '2'],
        ['ETH TRANSFER out', '-0.5'],
        ['USDT DEPOSIT in', '250.5'],
      ])
      for (const { time, isReturned } of told) {
        expect(Math.abs(time - Date.now())).toBeLessThan(10_000)
        expect(isReturned).toBe(false)
      }
      const later = await c.client.getTransfers(c.credentials, Date.now() + 5000)
      expect(later.map((one) => one.asset)).toEqual([])
    },
    refused: (c) => c.client.getTransfers(c.credentials, Date.now()),
  },
  {
    name: 'holdings are valued',
    capability: 'positions',
    run: async (c) => {
      // The paper market computes a day of statistics for each pair at the first question.
      await c.client.getTickers().catch(() => undefined)
      const positions = await readHoldings(c.client, c.credentials, 'USDT')
      expect(positions.map(({ asset, quantity, value }) => [asset, quantity.toFixed(), value?.toFixed()])).toEqual([
        ['USDT', '100000', '100000'],
        ['BTC', '1', '50000'],
      ])
    },
  },
  {
    name: 'the history tells open and closed orders, oldest first',
    run: async (c) => {
      const fromTime = Date.now() - 1000
      const first = c.resting()
      await c.create(first)
      await c.client.cancelOrder(c.credentials, first)
      const second = c.request({ type: 'MARKET', side: 'SELL' })
      await c.create(second)
      await new Promise((resolve) => setTimeout(resolve, 10))
      const third = c.resting()
      await c.create(third)
      const history = await c.client.orderHistory(c.credentials, symbol, fromTime)
      expect(history.map((order) => [order.clientOrderId, order.status])).toEqual([
        // A canceled order without a fill may be gone from an exchange's memory, but not here.
        [first.clientOrderId, 'CANCELED'],
        [second.clientOrderId, 'FILLED'],
        [third.clientOrderId, 'ACCEPTED'],
      ])
      const last = history.at(-1)?.createdTime ?? 0
      const later = await c.client.orderHistory(c.credentials, symbol, last)
      expect(later.map((order) => order.clientOrderId)).toEqual([third.clientOrderId])
    },
  },
  {
    name: 'executions are read by time and by id',
    run: async (c) => {
      await c.create(c.request({ type: 'MARKET', side: 'SELL' }))
      await c.create(c.request({ type: 'MARKET', side: 'BUY' }))
      await c.until(async () => (await c.ledger()).fills.length >= 2, 'two executions')
      const all = await c.client.myFills(c.credentials, symbol, { fromTime: Date.now() - 60_000 })
      expect(all.map((fill) => fill.side)).toEqual(['SELL', 'BUY'])
      const [first, second] = all
      if (first === undefined || second === undefined) throw new Error('no executions')
      expect(await c.client.myFills(c.credentials, symbol, { fromId: first.exchangeTradeId })).toHaveLength(2)
      const later = await c.client.myFills(c.credentials, symbol, { fromId: second.exchangeTradeId })
      expect(later.map((fill) => fill.exchangeTradeId)).toEqual([second.exchangeTradeId])
    },
  },
  {
    name: 'open orders are those of one pair, or of all',
    run: async (c) => {
      const request = c.resting()
      await c.create(request)
      const ids = async (of?: string) =>
        (await c.client.openOrders(c.credentials, of)).map((order) => [order.symbol, order.clientOrderId])
      expect(await ids(symbol)).toEqual([[symbol, request.clientOrderId]])
      expect(await ids()).toEqual([[symbol, request.clientOrderId]])
      expect(await ids('ETH/USDT')).toEqual([])
    },
  },
  {
    name: 'an order that is not there is null',
    run: async (c) => {
      expect(await c.client.getOrder(c.credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
    },
  },
  {
    name: 'a cancel of an order that is not there is refused as unknown',
    run: async (c) => {
      const error = await failure(c.client.cancelOrder(c.credentials, { symbol, clientOrderId: newClientOrderId() }))
      expect([error.code, error.outcome]).toEqual(['UNKNOWN_ORDER', 'REFUSED'])
    },
  },
  {
    name: 'a test network has addresses of its own',
    capability: 'testnet',
    run: (c) => {
      const env = parseEnv({ DATABASE_URL: 'postgresql://unused', SECRET_KEY: 'x'.repeat(32) })
      const adapter = ADAPTERS[c.paper.venue.exchangeId]
      const urls = adapter.urlsOf('TESTNET', env)
      for (const url of Object.values(urls)) expect(url).toMatch(/^(https|wss):\/\//)
      return Promise.resolve()
    },
    refused: (c) =>
      Promise.resolve().then(() =>
        ADAPTERS[c.paper.venue.exchangeId].urlsOf(
          'TESTNET',
          parseEnv({ DATABASE_URL: 'postgresql://unused', SECRET_KEY: 'x'.repeat(32) }),
        ),
      ),
  },
  {
    name: 'the limits, the pause and the clock are visible',
    run: async (c) => {
      await c.create(c.resting())
      const { buckets, pausedUntil, inFlight } = c.client.rateState()
      expect(buckets.length).toBeGreaterThan(0)
      expect([pausedUntil, inFlight]).toEqual([0, 0])
      expect(c.client.clockState().syncedAt).toBeGreaterThan(0)
      expect(d(String(Math.abs(c.client.clockState().offsetMs))).lt(1000)).toBe(true)
    },
  },
]
