import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import { type Amount, parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { failure } from '../../../support/failure'
import { sizedBy } from '../../../support/sized-by'
import { order, PaperKucoin, SYMBOL as symbol } from './paper'

// Every method of the execution port against the paper KuCoin, for classic and for unified accounts.

let paper: PaperKucoin
let price: Amount

beforeAll(async () => {
  paper = await PaperKucoin.start()
})
afterAll(() => paper.close())

describe.each(['CLASSIC', 'UNIFIED'] as const)('%s account', (accountMode) => {
  let credentials: Credentials

  beforeEach(async () => {
    price = await paper.hold('60000')
    credentials = await paper.open(accountMode)
  })
  const create = (request: ReturnType<typeof order>) => paper.client.createOrder(credentials, request, paper.market)

  it('is tested with what the key may do', async () => {
    expect(await paper.client.testConnection(credentials)).toEqual({
      canTrade: true,
      canWithdraw: false,
      isIpRestricted: false,
      accountType: accountMode === 'UNIFIED' ? 'UNIFIED' : 'TRADE',
      accountMode,
    })
    const open = await paper.open(accountMode, { USDT: '1', BTC: '1' }, { canWithdraw: true, isIpRestricted: true })
    expect(await paper.client.testConnection(open)).toMatchObject({ canWithdraw: true, isIpRestricted: true })
  })

  it('refuses a wrong secret, a wrong passphrase and an unknown key', async () => {
    const wrong = (more: Partial<Credentials>) =>
      failure(paper.client.getBalance({ ...credentials, accountMode, ...more }))
    expect(await wrong({ apiPassphrase: 'wrong' })).toMatchObject({ code: 'AUTHENTICATION', nativeCode: '400004' })
    expect(await wrong({ apiSecret: 'wrong' })).toMatchObject({ code: 'AUTHENTICATION', outcome: 'REFUSED' })
    expect(await wrong({ apiKey: 'nobody' })).toMatchObject({ code: 'AUTHENTICATION', nativeCode: '400003' })
  })

  it('shows balances and fees', async () => {
    const balances = await paper.client.getBalance(credentials)
    expect(balances.map(({ asset, total }) => [asset, total.toFixed()]).sort()).toEqual([
      ['BTC', '1'],
      ['USDT', '100000'],
    ])
    const fees = await paper.client.getFees(credentials, symbol)
    expect([fees.maker.toFixed(), fees.taker.toFixed()]).toEqual(['0.001', '0.001'])
  })

  it('buys and sells at market, by quantity and by amount', async () => {
    const bought = await create(order({ type: 'MARKET', side: 'BUY' }))
    expect(bought).toMatchObject({ status: 'FILLED', symbol })
    expect(bought.filledQuantity.toFixed()).toBe('0.01')
    const spent = await create(order({ type: 'MARKET', side: 'BUY', quoteQuantity: d('500') }))
    expect(spent.filledQuoteQuantity.lte(500) && spent.filledQuoteQuantity.gt(480)).toBe(true)
    expect(await create(order({ type: 'MARKET', side: 'SELL' }))).toMatchObject({ status: 'FILLED', side: 'SELL' })
    const fills = await paper.client.myFills(credentials, symbol, { fromTime: bought.createdTime - 1000 })
    expect(fills.length).toBeGreaterThanOrEqual(3)
    const first = fills[0]
    expect(first).toMatchObject({
      exchangeOrderId: bought.exchangeOrderId,
      feeAsset: 'USDT',
      liquidity: 'TAKER',
      symbol,
    })
    expect(first?.fee.toFixed()).toBe(first?.quoteQuantity.times('0.001').toDecimalPlaces(8, 1).toFixed())
    // Long whole numbers: rounding would make two executions one.
    expect(new Set(fills.map(({ exchangeTradeId }) => exchangeTradeId)).size).toBe(fills.length)
    expect(await paper.client.myFills(credentials, symbol, { fromId: fills.at(-1)?.exchangeTradeId ?? '' })).toEqual([
      fills.at(-1),
    ])
  })

  it.each([
    ['LIMIT', 'BUY', { limit: '0.9' }],
    ['LIMIT', 'SELL', { limit: '1.1' }],
    ['STOP_MARKET', 'SELL', { stop: '0.9' }],
    ['STOP_LIMIT', 'SELL', { stop: '0.9', limit: '0.89' }],
    ['TAKE_PROFIT_MARKET', 'SELL', { stop: '1.1' }],
    ['TAKE_PROFIT_LIMIT', 'SELL', { stop: '1.1', limit: '1.1' }],
    ['STOP_MARKET', 'BUY', { stop: '1.1' }],
    ['STOP_LIMIT', 'BUY', { stop: '1.1', limit: '1.11' }],
    ['TAKE_PROFIT_MARKET', 'BUY', { stop: '0.9' }],
    ['TAKE_PROFIT_LIMIT', 'BUY', { stop: '0.9', limit: '0.9' }],
  ] as const)('%s %s waits, is found by both ids, and is canceled', async (type, side, at) => {
    const request = order({ type, side })
    if ('limit' in at) request.limitPrice = price.times(at.limit)
    if ('stop' in at) request.stopPrice = price.times(at.stop)
    const placed = await create(request)
    expect(placed).toMatchObject({ status: 'ACCEPTED', type, clientOrderId: request.clientOrderId })
    const { clientOrderId, exchangeOrderId } = placed
    for (const target of [
      { symbol, clientOrderId },
      { symbol, exchangeOrderId },
    ])
      expect(await paper.client.getOrder(credentials, target)).toMatchObject({
        clientOrderId,
        exchangeOrderId,
        type,
        side,
        status: 'ACCEPTED',
        quantity: d('0.01'),
        ...('stop' in at ? { stopPrice: request.stopPrice } : {}),
        ...('limit' in at ? { limitPrice: request.limitPrice } : {}),
      })
    const open = await paper.client.openOrders(credentials)
    expect(open.map((found) => [found.symbol, found.clientOrderId, found.type])).toEqual([
      [symbol, clientOrderId, type],
    ])
    const history = await paper.client.orderHistory(credentials, symbol, placed.createdTime - 1000)
    expect(history.map((found) => found.clientOrderId)).toEqual([clientOrderId])
    expect(await paper.client.cancelOrder(credentials, { symbol, clientOrderId })).toMatchObject({
      status: 'CANCELED',
      clientOrderId,
    })
    expect(await paper.client.openOrders(credentials, symbol)).toEqual([])
    expect(await paper.client.getOrder(credentials, { symbol, clientOrderId })).toMatchObject({ status: 'CANCELED' })
    expect(await failure(paper.client.cancelOrder(credentials, { symbol, clientOrderId }))).toMatchObject({
      code: 'UNKNOWN_ORDER',
      outcome: 'REFUSED',
    })
    expect((await paper.client.getBalance(credentials)).every(({ locked }) => locked.isZero())).toBe(true)
  })

  it('triggers a stop order into an order with a new id and the same client id', async () => {
    const request = order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: price.times('0.99') })
    const waiting = await create(request)
    expect((await paper.client.getBalance(credentials)).every(({ locked }) => locked.isZero())).toBe(true)
    await paper.hold('59000')
    const { clientOrderId } = request
    const done = await paper.client.getOrder(credentials, { symbol, clientOrderId })
    expect(done).toMatchObject({ status: 'FILLED', clientOrderId })
    expect(done?.exchangeOrderId).not.toBe(waiting.exchangeOrderId)
    if (accountMode === 'CLASSIC')
      expect(
        await paper.client.getOrder(credentials, { symbol, exchangeOrderId: waiting.exchangeOrderId }),
      ).toMatchObject({ status: 'FILLED', exchangeOrderId: done?.exchangeOrderId })
    expect(await paper.client.openOrders(credentials)).toEqual([])
  })

  it('cancels a stop order that triggers without enough funds', async () => {
    const poor = await paper.open(accountMode, { USDT: '100000', BTC: '0' })
    const request = order({ type: 'STOP_LIMIT', side: 'SELL', stopPrice: d('59500'), limitPrice: d('59400') })
    await paper.client.createOrder(poor, request, paper.market)
    await paper.hold('59000')
    const { clientOrderId } = request
    expect(await paper.client.getOrder(poor, { symbol, clientOrderId })).toMatchObject({ status: 'CANCELED' })
  })

  it('holds the price and the fee of a purchase', async () => {
    await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('50000') }))
    const funds = (await paper.client.getBalance(credentials)).find(({ asset }) => asset === 'USDT')
    expect(funds?.locked.toFixed()).toBe('500.5')
  })

  it('fills a resting order, as maker', async () => {
    const request = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('59990'), isPostOnly: true })
    await create(request)
    await paper.hold('59900')
    await paper.hold('59800')
    const { clientOrderId } = request
    const found = await paper.client.getOrder(credentials, { symbol, clientOrderId })
    expect(found?.status).toBe('FILLED')
    const fills = await paper.client.myFills(credentials, symbol, { fromTime: 0 })
    expect(fills.map(({ liquidity, price: at }) => [liquidity, at.toFixed()])).toEqual([['MAKER', '59990']])
  })

  it('ends what is not filled at once, where asked so', async () => {
    const far = { type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') } as const
    for (const timeInForce of ['IOC', 'FOK'] as const)
      expect(await create(order({ ...far, timeInForce }))).toMatchObject({ status: 'CANCELED' })
  })

  it('knows no order that was never sent', async () => {
    expect(await paper.client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
    expect(await paper.client.getOrderList(credentials, { symbol, clientOrderListId: newClientOrderId() })).toBeNull()
    expect(await paper.client.cancelAll(credentials, symbol)).toEqual([])
  })

  it('refuses what the account cannot pay, and ends a maker order that would take', async () => {
    const large = order({ type: 'LIMIT', side: 'BUY', quantity: d('50'), limitPrice: price.times('0.99') })
    expect(await failure(create(large))).toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
      outcome: 'REFUSED',
      nativeCode: '200004',
    })
    // KuCoin answers before it matches: a maker order that would take is taken and ended.
    const taking = order({ type: 'LIMIT', side: 'BUY', isPostOnly: true, limitPrice: price.times('1.05') })
    const ended = await create(taking)
    expect([ended.status, ended.filledQuantity.toFixed()]).toEqual(['CANCELED', '0'])
  })

  it('refuses by the rules of the market before anything is sent', async () => {
    const small = order({ type: 'LIMIT', side: 'BUY', quantity: d('0.00001'), limitPrice: price.times('0.9') })
    expect(await failure(create(small))).toMatchObject({
      code: 'INVALID_ORDER',
      outcome: 'NOT_SENT',
      rule: 'MIN_NOTIONAL',
    })
    for (const request of [
      { ...order({ type: 'MARKET', side: 'BUY' }), nativeParams: { clientOid: 'other' } },
      order({ type: 'TRAILING_STOP', side: 'SELL', trailingDelta: 100 }),
    ])
      expect(await failure(create(request))).toMatchObject({ outcome: 'NOT_SENT' })
    expect((await paper.ordersOf(credentials)).orders).toEqual([])
  })

  it('hands native parameters on', async () => {
    const request = order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') })
    const placed = await create({ ...request, nativeParams: { stp: 'CN' } })
    const { clientOrderId } = placed
    const found = await paper.client.getOrder(credentials, { symbol, clientOrderId })
    expect(found?.native).toMatchObject({ stp: 'CN' })
  })

  it('replaces an order under a client id of its own', async () => {
    const old = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') }))
    const next = order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.91') })
    const target = { symbol, clientOrderId: old.clientOrderId }
    const replaced = await paper.client.replaceOrder(credentials, target, next, paper.market, sizedBy('0'))
    expect(replaced.canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'CANCELED' })
    expect(replaced.placed).toMatchObject({ clientOrderId: next.clientOrderId, status: 'ACCEPTED' })
    const again = paper.client.replaceOrder(
      credentials,
      target,
      order({ ...next, clientOrderId: 'X1' }),
      paper.market,
      sizedBy('0'),
    )
    expect(await failure(again)).toMatchObject({ code: 'UNKNOWN_ORDER', outcome: 'REFUSED' })
    const tooLarge = order({ ...next, clientOrderId: 'X2', quantity: d('50') })
    const half = { symbol, clientOrderId: next.clientOrderId }
    expect(await paper.client.replaceOrder(credentials, half, tooLarge, paper.market, sizedBy('0'))).toMatchObject({
      canceled: { status: 'CANCELED' },
      placed: null,
      placeError: { code: 'INSUFFICIENT_FUNDS' },
    })
    expect(await paper.client.openOrders(credentials, symbol)).toEqual([])
  })

  it('cancels everything of a pair, in every store', async () => {
    await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: price.times('0.9') }))
    await create(order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: price.times('0.9') }))
    if (accountMode === 'CLASSIC') {
      await paper.client.createOco(credentials, ocoOf('SELL'), paper.market)
    }
    const canceled = await paper.client.cancelAll(credentials, symbol)
    expect(canceled.map(({ status }) => status)).toEqual(
      Array.from({ length: accountMode === 'CLASSIC' ? 4 : 2 }, () => 'CANCELED'),
    )
    expect(await paper.client.openOrders(credentials)).toEqual([])
  })

  const ocoOf = (side: 'BUY' | 'SELL') => {
    const [profit, stop, limit] = side === 'SELL' ? ['1.1', '0.9', '0.89'] : ['0.9', '1.1', '1.11']
    return {
      clientOrderListId: newClientOrderId(),
      symbol,
      side,
      quantity: d('0.01'),
      takeProfit: { clientOrderId: newClientOrderId(), limitPrice: price.times(profit) },
      stopLoss: { clientOrderId: newClientOrderId(), stopPrice: price.times(stop), limitPrice: price.times(limit) },
    }
  }

  describe.runIf(accountMode === 'CLASSIC').each(['SELL', 'BUY'] as const)('a pair: %s', (side) => {
    it('is placed, found and canceled under our client ids', async () => {
      const request = ocoOf(side)
      const placed = await paper.client.createOco(credentials, request, paper.market)
      const ids = [request.takeProfit.clientOrderId, request.stopLoss.clientOrderId]
      expect(placed).toMatchObject({ isOpen: true, clientOrderListId: request.clientOrderListId, symbol })
      expect(placed.orders.map((leg) => [leg.clientOrderId, leg.type, leg.status])).toEqual([
        [ids[0], 'LIMIT', 'ACCEPTED'],
        [ids[1], 'STOP_LIMIT', 'ACCEPTED'],
      ])
      expect(await paper.client.getOrderList(credentials, request)).toEqual(placed)
      expect(await paper.client.openOrders(credentials)).toHaveLength(2)
      const canceled = await paper.client.cancelOrderList(credentials, request)
      expect(canceled.orders.map((leg) => [leg.clientOrderId, leg.status])).toEqual(ids.map((id) => [id, 'CANCELED']))
      expect((await paper.client.getOrderList(credentials, request))?.isOpen).toBe(false)
      expect(await failure(paper.client.cancelOrderList(credentials, request))).toMatchObject({ code: 'UNKNOWN_ORDER' })
    })

    it.each(['profit', 'stop'] as const)('ends its other leg when the %s triggers', async (hit) => {
      const request = ocoOf(side)
      const placed = await paper.client.createOco(credentials, request, paper.market)
      const isUp = (side === 'SELL') === (hit === 'profit')
      await paper.hold(isUp ? '66500' : '53500')
      await paper.hold(isUp ? '67000' : '53000')
      await paper.hold(side === 'SELL' ? '80000' : '40000')
      const list = await paper.client.getOrderList(credentials, { ...request, exchangeListId: placed.exchangeListId })
      const [target, stop] = list?.orders ?? []
      expect([target?.clientOrderId, stop?.clientOrderId]).toEqual([
        request.takeProfit.clientOrderId,
        request.stopLoss.clientOrderId,
      ])
      expect([target?.status, stop?.status]).toEqual(hit === 'profit' ? ['FILLED', 'CANCELED'] : ['CANCELED', 'FILLED'])
      expect(list?.isOpen).toBe(false)
    })

    it('needs a limit price for its stop', async () => {
      const request = ocoOf(side)
      const { limitPrice: _, ...stopLoss } = request.stopLoss
      expect(await failure(paper.client.createOco(credentials, { ...request, stopLoss }, paper.market))).toMatchObject({
        outcome: 'NOT_SENT',
        rule: 'OCO_STOP_LIMIT',
      })
    })
  })

  it('says what it cannot do', async () => {
    const capabilities = paper.client.capabilities(accountMode)
    expect([capabilities.accountMode, capabilities.orderTypes.TRAILING_STOP.level, capabilities.oco.level]).toEqual([
      accountMode,
      'EMULATED',
      accountMode === 'UNIFIED' ? 'EMULATED' : 'NATIVE',
    ])
    if (accountMode === 'UNIFIED')
      expect(await failure(paper.client.createOco(credentials, ocoOf('SELL'), paper.market))).toMatchObject({
        code: 'NOT_SUPPORTED',
        outcome: 'NOT_SENT',
      })
  })
})

describe('market data', () => {
  it('gives tickers by our names', async () => {
    const tickers = await paper.client.getTickers([symbol, 'ETH/USDT'])
    expect(tickers.map((ticker) => ticker.symbol).sort()).toEqual([symbol, 'ETH/USDT'])
    const one = await paper.client.getTicker(symbol)
    expect(one.askPrice.gte(one.bidPrice) && one.bidPrice.gt(0)).toBe(true)
    expect((await paper.client.getTickers()).length).toBeGreaterThan(5)
  })

  it('pages through candles, the missing timeframe included', async () => {
    const endTime = Math.floor(Date.now() / 600_000) * 600_000
    const range = { symbol, startTime: endTime - 2000 * 60_000, endTime }
    const minutes = await paper.client.getCandles({ ...range, timeframe: '1m' })
    expect(minutes.map((candle) => candle.openTime)).toEqual(
      Array.from({ length: 2000 }, (_, i) => range.startTime + i * 60_000),
    )
    const tens = await paper.client.getCandles({ ...range, timeframe: '10m' })
    expect(tens).toHaveLength(200)
    const last = minutes.slice(-10)
    expect(tens.at(-1)?.close.toFixed()).toBe(last.at(-1)?.close.toFixed())
    expect(tens.at(-1)?.volume.toFixed()).toBe(last.reduce((sum, candle) => sum.plus(candle.volume), d('0')).toFixed())
    expect(last.every((candle) => candle.high.gte(candle.open) && candle.low.lte(candle.close))).toBe(true)
  })

  it('has no sandbox, and says so', () => {
    expect(() => paper.registry.executionClient('kucoin', 'TESTNET')).toThrow(/no sandbox/)
  })
})
