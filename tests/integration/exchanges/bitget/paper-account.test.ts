import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { newClientOrderId } from '@/lib/platform/ids'
import { failure } from '../../../support/failure'
import { sizedBy } from '../../../support/sized-by'
import { openTrading, order, type PaperBitget, type PaperTrading, SYMBOL as symbol } from './paper'

// Every method of the execution port against the paper exchange, for both account systems, over real sockets.

let trading: PaperTrading
let paper: PaperBitget
let client: ExecutionClient
let market: Instrument

beforeAll(async () => {
  trading = await openTrading()
  ;({ paper, client, market } = trading)
})
afterAll(() => trading.close())

it('finds out the account system of a key, once', async () => {
  const { accountMode: _, ...classic } = await paper.open('CLASSIC')
  const { accountMode: __, ...unified } = await paper.open('UNIFIED')
  expect((await client.getBalance(classic)).length).toBe(2)
  expect((await client.getBalance(unified)).length).toBe(2)
  await paper.faults({ path: '/api/v3/account/settings', httpStatus: { status: 500, count: 5 } })
  expect((await client.getBalance(unified)).length).toBe(2)
  await paper.faults({})
})

it('tells of a key that is used with the wrong account system', async () => {
  const classic = await paper.open('CLASSIC')
  expect(await failure(client.getBalance({ ...classic, accountMode: 'UNIFIED' }))).toMatchObject({
    code: 'PERMISSION',
    rule: 'ACCOUNT_MODE',
    nativeCode: '40084',
  })
  expect((await client.testConnection({ ...classic, accountMode: 'UNIFIED' })).accountMode).toBe('CLASSIC')
})

describe.each(['CLASSIC', 'UNIFIED'] as const)('a %s account', (mode) => {
  let credentials: Credentials
  const create = (request: OrderRequest) => client.createOrder(credentials, request, market)

  beforeEach(async () => {
    credentials = await paper.open(mode)
    await paper.price('60000')
  })

  it('is tested with what the key may do', async () => {
    expect(await client.testConnection(credentials)).toMatchObject({
      canTrade: true,
      canWithdraw: false,
      isIpRestricted: false,
      accountMode: mode,
    })
    const dangerous = await paper.open(mode, { canWithdraw: true, isIpRestricted: true })
    expect(await client.testConnection(dangerous)).toMatchObject({ canWithdraw: true, isIpRestricted: true })
  })

  it('refuses a wrong secret, passphrase and key', async () => {
    const wrong: [Partial<Credentials>, string][] = [
      [{ apiSecret: 'wrong' }, '40009'],
      [{ apiPassphrase: 'wrong' }, '40012'],
      [{ apiKey: 'nobody' }, '40037'],
    ]
    for (const [part, nativeCode] of wrong)
      expect(await failure(client.getBalance({ ...credentials, ...part }))).toMatchObject({
        code: 'AUTHENTICATION',
        outcome: 'REFUSED',
        nativeCode,
      })
    const { apiPassphrase: _, ...without } = credentials
    expect(await failure(client.getBalance(without))).toMatchObject({ code: 'AUTHENTICATION', outcome: 'NOT_SENT' })
  })

  it('signs with the time of the exchange', async () => {
    await paper.faults({ clockSkewMs: 120_000 })
    try {
      // The old offset is refused (40008); then the clock is measured, and the call signed once more.
      expect((await client.getBalance(credentials)).length).toBe(2)
      expect(Math.abs(client.clockState().offsetMs - 120_000)).toBeLessThan(1000)
    } finally {
      await paper.faults({})
      await client.warmUp()
    }
  })

  it('shows balances and fees', async () => {
    await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('50000') }))
    const balances = await client.getBalance(credentials)
    const usdt = balances.find(({ asset }) => asset === 'USDT')
    expect([usdt?.free.toFixed(), usdt?.locked.toFixed(), usdt?.total.toFixed()]).toEqual(['99500', '500', '100000'])
    expect((await client.getFees(credentials, symbol)).taker.toFixed()).toBe('0.001')
  })

  it('buys for an amount, buys a quantity and sells, with executions and fees', async () => {
    const spent = await create({ ...order({ type: 'MARKET', side: 'BUY' }), ...amount('500') })
    expect(spent).toMatchObject({ status: 'FILLED', type: 'MARKET' })
    expect(spent.filledQuoteQuantity.lte(500) && spent.filledQuoteQuantity.gt(490)).toBe(true)
    const bought = await create(order({ type: 'MARKET', side: 'BUY' }))
    expect(bought.status).toBe('FILLED')
    expect(bought.filledQuantity.lte('0.01') && bought.filledQuantity.gt('0.0099')).toBe(true)
    const sold = await create(order({ type: 'MARKET', side: 'SELL' }))
    expect([sold.status, sold.filledQuantity.toFixed()]).toEqual(['FILLED', '0.01'])
    const fills = await client.myFills(credentials, symbol, { fromTime: Date.now() - 60_000 })
    const own = fills.filter((fill) => fill.exchangeOrderId === sold.exchangeOrderId)
    expect(own.every((fill) => fill.feeAsset === 'USDT' && fill.liquidity === 'TAKER' && fill.fee.gt(0))).toBe(true)
    expect(own.reduce((sum, fill) => sum.plus(fill.quantity), d('0')).toFixed()).toBe('0.01')
    const [first, second] = fills
    expect(first !== undefined && second !== undefined && first.tradeTime <= second.tradeTime).toBe(true)
    const later = await client.myFills(credentials, symbol, { fromId: fills.at(-1)?.exchangeTradeId ?? '' })
    expect(later.map((fill) => fill.exchangeTradeId)).toEqual([fills.at(-1)?.exchangeTradeId])
  })

  it.each([
    ['LIMIT', 'BUY', { limitPrice: d('54000') }],
    ['STOP_MARKET', 'SELL', { stopPrice: d('54000') }],
    ['STOP_MARKET', 'BUY', { stopPrice: d('66000') }],
    ['STOP_LIMIT', 'SELL', { stopPrice: d('54000'), limitPrice: d('53900') }],
    ['TAKE_PROFIT_MARKET', 'SELL', { stopPrice: d('66000') }],
    ['TAKE_PROFIT_LIMIT', 'SELL', { stopPrice: d('66000'), limitPrice: d('66000') }],
    ['TAKE_PROFIT_LIMIT', 'BUY', { stopPrice: d('54000'), limitPrice: d('54000') }],
  ] as const)('%s %s rests, is found by both ids, and is canceled', async (type, side, prices) => {
    const placed = await create(order({ type, side, ...prices }))
    expect(placed).toMatchObject({ status: 'ACCEPTED', type })
    const { clientOrderId, exchangeOrderId } = placed
    for (const target of [
      { symbol, clientOrderId },
      { symbol, exchangeOrderId },
    ]) {
      const found = await client.getOrder(credentials, target)
      expect(found).toMatchObject({ clientOrderId, exchangeOrderId, type, side, status: 'ACCEPTED' })
      expect([found?.quantity.toFixed(), found?.stopPrice?.toFixed(), found?.limitPrice?.toFixed()]).toEqual([
        '0.01',
        placed.stopPrice?.toFixed(),
        placed.limitPrice?.toFixed(),
      ])
    }
    expect((await client.openOrders(credentials)).map((open) => [open.symbol, open.clientOrderId, open.type])).toEqual([
      [symbol, clientOrderId, type],
    ])
    expect(await client.cancelOrder(credentials, { symbol, clientOrderId })).toMatchObject({
      status: 'CANCELED',
      clientOrderId,
    })
    expect(await client.openOrders(credentials, symbol)).toEqual([])
    expect(await failure(client.cancelOrder(credentials, { symbol, clientOrderId }))).toMatchObject({
      code: 'UNKNOWN_ORDER',
      outcome: 'REFUSED',
    })
    const history = await client.orderHistory(credentials, symbol, Date.now() - 60_000)
    expect(history.map((past) => [past.clientOrderId, past.status])).toEqual([[clientOrderId, 'CANCELED']])
  })

  it.each([
    ['STOP_MARKET', 'SELL', { stopPrice: d('59000') }, '58990'],
    ['STOP_MARKET', 'BUY', { stopPrice: d('61000') }, '61010'],
    ['TAKE_PROFIT_MARKET', 'SELL', { stopPrice: d('61000') }, '61010'],
    ['STOP_LIMIT', 'BUY', { stopPrice: d('61000'), limitPrice: d('61500') }, '61010'],
  ] as const)('%s %s fires and stays our order', async (type, side, prices, price) => {
    const placed = await create(order({ type, side, ...prices }))
    await paper.price(price)
    const found = await client.getOrder(credentials, { symbol, clientOrderId: placed.clientOrderId })
    expect(found).toMatchObject({ clientOrderId: placed.clientOrderId, status: 'FILLED', type })
    expect(found?.quantity.toFixed()).toBe('0.01')
    expect(found?.filledQuantity.toFixed()).toBe('0.01')
    const fills = await client.myFills(credentials, symbol, { fromTime: Date.now() - 60_000 })
    expect(new Set(fills.map((fill) => fill.exchangeOrderId))).toEqual(new Set([found?.exchangeOrderId]))
    const history = await client.orderHistory(credentials, symbol, Date.now() - 60_000)
    expect(history.map((past) => [past.clientOrderId, past.status])).toEqual([[placed.clientOrderId, 'FILLED']])
    const again = await client.getOrder(credentials, { symbol, exchangeOrderId: placed.exchangeOrderId })
    expect(again?.status).toBe('FILLED')
  })

  it('keeps the name of a fired order that rests, and cancels it', async () => {
    const request = order({ type: 'STOP_LIMIT', side: 'SELL', stopPrice: d('59000'), limitPrice: d('59500') })
    const { clientOrderId, exchangeOrderId } = await create(request)
    await paper.price('58990')
    const [open, ...others] = await client.openOrders(credentials)
    expect(others).toEqual([])
    expect(open).toMatchObject({ clientOrderId, status: 'ACCEPTED', type: 'STOP_LIMIT' })
    expect(open?.exchangeOrderId).not.toBe(exchangeOrderId)
    expect(await client.cancelOrder(credentials, { symbol, clientOrderId, exchangeOrderId })).toMatchObject({
      clientOrderId,
      status: 'CANCELED',
    })
    expect(await client.openOrders(credentials)).toEqual([])
  })

  it('reports a triggered order that could not be paid as rejected', async () => {
    const poor = await paper.open(mode, { balances: { USDT: '100', BTC: '0.001' } })
    const request = order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('59000') })
    const { clientOrderId } = await client.createOrder(poor, request, market)
    await paper.price('58990')
    expect(await client.getOrder(poor, { symbol, clientOrderId })).toMatchObject({ status: 'REJECTED' })
  })

  it('refuses a trigger on the wrong side of the market before it is sent', async () => {
    for (const request of [
      order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('61000') }),
      order({ type: 'TAKE_PROFIT_LIMIT', side: 'SELL', stopPrice: d('59000'), limitPrice: d('59000') }),
    ])
      expect(await failure(create(request))).toMatchObject({ rule: 'WOULD_TRIGGER', outcome: 'NOT_SENT' })
    expect(await client.openOrders(credentials)).toEqual([])
  })

  it('knows no order that was never sent', async () => {
    expect(await client.getOrder(credentials, { symbol, clientOrderId: newClientOrderId() })).toBeNull()
    expect(await client.getOrderList(credentials, { symbol, clientOrderListId: newClientOrderId() })).toBeNull()
    expect(await client.cancelAll(credentials, symbol)).toEqual([])
    const old = '01BX5ZZKBK0000000000000000'
    expect(await failure(client.getOrder(credentials, { symbol, clientOrderId: old }))).toMatchObject({
      rule: 'ARCHIVED',
    })
  })

  it('refuses what the account cannot pay, a doubled open id and rules broken', async () => {
    const large = order({ type: 'LIMIT', side: 'BUY', quantity: d('50'), limitPrice: d('59000') })
    expect(await failure(create(large))).toMatchObject({ code: 'INSUFFICIENT_FUNDS', outcome: 'REFUSED' })
    const resting = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('54000') })
    await create(resting)
    expect(await failure(create(resting))).toMatchObject({ code: 'DUPLICATE_ORDER', outcome: 'REFUSED' })
    const small = order({ type: 'LIMIT', side: 'BUY', quantity: d('0.00001'), limitPrice: d('54000') })
    expect(await failure(create(small))).toMatchObject({ rule: 'MIN_NOTIONAL', outcome: 'NOT_SENT' })
    const trailing = order({ type: 'TRAILING_STOP', side: 'SELL', trailingDelta: 100 })
    expect(await failure(create(trailing))).toMatchObject({ code: 'NOT_SUPPORTED', outcome: 'NOT_SENT' })
    const native = { ...resting, nativeParams: { side: 'sell' } }
    expect(await failure(create(native))).toMatchObject({ code: 'BAD_REQUEST', outcome: 'NOT_SENT' })
  })

  it('ends a maker order that would take, and what cannot be filled at once', async () => {
    const taking = order({ type: 'LIMIT', side: 'BUY', isPostOnly: true, limitPrice: d('61000') })
    expect(await create(taking)).toMatchObject({ status: 'CANCELED' })
    const maker = order({ type: 'LIMIT', side: 'BUY', isPostOnly: true, limitPrice: d('59000') })
    expect(await create(maker)).toMatchObject({ status: 'ACCEPTED' })
    const now = order({ type: 'LIMIT', side: 'BUY', timeInForce: 'IOC', limitPrice: d('59000') })
    expect(await create(now)).toMatchObject({ status: 'CANCELED' })
    const whole = order({ type: 'LIMIT', side: 'BUY', timeInForce: 'FOK', limitPrice: d('61000') })
    expect(await create(whole)).toMatchObject({ status: 'FILLED' })
  })

  it('changes orders in place where the account system can', async () => {
    const stop = await create(order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('54000') }))
    const change = { stopPrice: d('55000'), quantity: d('0.02') }
    expect(client.canAmend(mode, stop, change)).toBe(true)
    const changed = await client.amendOrder(credentials, stop, change, market)
    expect(changed).toMatchObject({ clientOrderId: stop.clientOrderId, exchangeOrderId: stop.exchangeOrderId })
    expect([changed.stopPrice?.toFixed(), changed.quantity.toFixed()]).toEqual(['55000', '0.02'])
    expect(await failure(client.amendOrder(credentials, stop, { stopPrice: d('62000') }, market))).toMatchObject({
      rule: 'WOULD_TRIGGER',
    })
    const limit = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('54000') }))
    expect(client.canAmend(mode, limit, { limitPrice: d('55000') })).toBe(mode === 'UNIFIED')
    const amended = client.amendOrder(credentials, limit, { limitPrice: d('55000') }, market)
    if (mode === 'CLASSIC') expect(await failure(amended)).toMatchObject({ code: 'NOT_SUPPORTED', outcome: 'NOT_SENT' })
    else {
      expect((await amended).limitPrice?.toFixed()).toBe('55000')
      expect((await amended).exchangeOrderId).toBe(limit.exchangeOrderId)
    }
  })

  it('replaces orders, and tells both halves when only the new one failed', async () => {
    const old = await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('54000') }))
    const next = order({ type: 'LIMIT', side: 'BUY', limitPrice: d('55000') })
    const target = { symbol, clientOrderId: old.clientOrderId }
    const edited = await client.replaceOrder(credentials, target, next, market, sizedBy('0'))
    expect(edited.canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'CANCELED' })
    expect(edited.placed).toMatchObject({ clientOrderId: next.clientOrderId, status: 'ACCEPTED' })
    const gone = { ...next, clientOrderId: newClientOrderId() }
    expect(await failure(client.replaceOrder(credentials, target, gone, market, sizedBy('0')))).toMatchObject({
      code: 'UNKNOWN_ORDER',
    })
    const large = order({ type: 'LIMIT', side: 'BUY', quantity: d('50'), limitPrice: d('55000') })
    const half = await client.replaceOrder(
      credentials,
      { symbol, clientOrderId: next.clientOrderId },
      large,
      market,
      sizedBy('0'),
    )
    expect(half).toMatchObject({ canceled: { status: 'CANCELED' }, placed: null, placeError: { outcome: 'REFUSED' } })
    expect(await client.openOrders(credentials)).toEqual([])
    const stop = await create(order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('54000') }))
    const other = order({ type: 'STOP_LIMIT', side: 'SELL', stopPrice: d('55000'), limitPrice: d('54900') })
    const swapped = await client.replaceOrder(
      credentials,
      { symbol, clientOrderId: stop.clientOrderId },
      other,
      market,
      sizedBy('0'),
    )
    expect([swapped.canceled.status, swapped.placed?.type]).toEqual(['CANCELED', 'STOP_LIMIT'])
  })

  it('cancels everything of one pair, waiting orders included', async () => {
    await create(order({ type: 'LIMIT', side: 'BUY', limitPrice: d('54000') }))
    await create(order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('54000') }))
    await create(order({ type: 'TAKE_PROFIT_LIMIT', side: 'SELL', stopPrice: d('66000'), limitPrice: d('66000') }))
    const canceled = await client.cancelAll(credentials, symbol)
    expect(canceled.map(({ status }) => status)).toEqual(['CANCELED', 'CANCELED', 'CANCELED'])
    expect(await client.openOrders(credentials)).toEqual([])
  })

  it('offers no order lists', async () => {
    const oco = {
      clientOrderListId: newClientOrderId(),
      symbol,
      side: 'SELL' as const,
      quantity: d('0.01'),
      takeProfit: { clientOrderId: newClientOrderId(), limitPrice: d('66000') },
      stopLoss: { clientOrderId: newClientOrderId(), stopPrice: d('54000') },
    }
    expect(await failure(client.createOco(credentials, oco, market))).toMatchObject({
      code: 'NOT_SUPPORTED',
      outcome: 'NOT_SENT',
    })
    const { oco: pair, amendOrder, accountMode } = client.capabilities(mode)
    expect([pair.level, amendOrder.level, accountMode]).toEqual([
      'EMULATED',
      mode === 'UNIFIED' ? 'NATIVE' : 'EMULATED',
      mode,
    ])
  })
})

const amount = (quote: string) => ({ quantity: undefined as never, quoteQuantity: d(quote) })
