import { expect } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { type OrderRequest, type OrderType, TIMES_IN_FORCE, type TimeInForce } from '@/lib/domain/order/order'
import { isClosed } from '@/lib/domain/order/status'
import type { ContractCase } from './case'
import { type CaseContext, openIds, symbol } from './paper-exchange'

type Conditional = Exclude<OrderType, 'MARKET' | 'LIMIT'>

/** A sale that waits, and the prices that make it fire. */
const WAITING: Record<Conditional, { order: (c: CaseContext) => Partial<OrderRequest>; fires: string[] }> = {
  STOP_MARKET: { order: (c) => ({ stopPrice: c.at('0.95') }), fires: ['0.94'] },
  STOP_LIMIT: { order: (c) => ({ stopPrice: c.at('0.95'), limitPrice: c.at('0.9') }), fires: ['0.94'] },
  TAKE_PROFIT_MARKET: { order: (c) => ({ stopPrice: c.at('1.05') }), fires: ['1.06'] },
  TAKE_PROFIT_LIMIT: { order: (c) => ({ stopPrice: c.at('1.05'), limitPrice: c.at('1.04') }), fires: ['1.06'] },
  TRAILING_STOP: { order: () => ({ trailingDelta: 200 }), fires: ['1.05', '1.02'] },
}
const CONDITIONAL = Object.keys(WAITING) as Conditional[]

/** Both ids find it, it is among the open ones, and once canceled nothing of it is left. */
async function restsAndIsCanceled(c: CaseContext, request: OrderRequest): Promise<void> {
  const placed = await c.create(request)
  const { clientOrderId } = request
  expect(placed).toMatchObject({ clientOrderId, type: request.type, side: request.side, status: 'ACCEPTED', symbol })
  expect(placed.quantity.toFixed()).toBe('0.01')
  for (const target of [
    { symbol, clientOrderId },
    { symbol, clientOrderId, exchangeOrderId: placed.exchangeOrderId },
  ]) {
    const found = await c.client.getOrder(c.credentials, target)
    expect(found).toMatchObject({ clientOrderId, type: request.type, side: request.side, status: 'ACCEPTED' })
    for (const price of ['limitPrice', 'stopPrice'] as const)
      expect(found?.[price]?.toFixed()).toBe(request[price]?.toFixed())
    expect(found?.trailingDelta).toBe(request.trailingDelta)
  }
  expect(await openIds(c)).toEqual([clientOrderId])
  const canceled = await c.client.cancelOrder(c.credentials, { symbol, clientOrderId })
  expect(canceled).toMatchObject({ clientOrderId, status: 'CANCELED' })
  expect(await openIds(c)).toEqual([])
  const after = await c.client.getOrder(c.credentials, { symbol, clientOrderId })
  expect(after === null || after.status === 'CANCELED').toBe(true)
  expect(await c.count(clientOrderId)).toBeLessThanOrEqual(1)
  expect((await c.ledger()).balances['BTC']).toMatchObject({ free: '1', locked: '0' })
}

const waitingCases: ContractCase[] = CONDITIONAL.flatMap((type): ContractCase[] => {
  const request = (c: CaseContext) => c.request({ type, side: 'SELL', ...WAITING[type].order(c) })
  return [
    {
      name: `${type} waits, is found by both ids, and is canceled`,
      capability: `orderTypes.${type}`,
      run: (c) => restsAndIsCanceled(c, request(c)),
      refused: (c) => c.create(request(c)),
    },
    {
      name: `${type} fires at its price and trades`,
      capability: `orderTypes.${type}`,
      run: async (c) => {
        const { clientOrderId } = await c.create(request(c))
        expect(await c.total('BTC')).toBe('1')
        for (const factor of WAITING[type].fires) await c.movePrice(factor)
        await c.until(async () => (await c.total('BTC')) === '0.99', 'the sale')
        await c.until(async () => !(await openIds(c)).includes(clientOrderId), 'its end')
        const after = await c.client.getOrder(c.credentials, { symbol, clientOrderId })
        expect(after?.status === 'FILLED' || after?.status === 'TRIGGERED').toBe(true)
        const fills = await c.client.myFills(c.credentials, symbol, { fromTime: 0 })
        expect(fills.map((fill) => [fill.side, fill.quantity.toFixed()])).toEqual([['SELL', '0.01']])
      },
    },
  ]
})

const LIMITS: Record<TimeInForce, (c: CaseContext) => Promise<void>> = {
  GTC: async (c) => {
    const request = c.resting({ timeInForce: 'GTC' })
    await c.create(request)
    const found = await c.client.getOrder(c.credentials, request)
    // Some exchanges do not tell it.
    expect([found?.status, found?.timeInForce ?? 'GTC']).toEqual(['ACCEPTED', 'GTC'])
  },
  IOC: async (c) => {
    const request = c.resting({ timeInForce: 'IOC' })
    const placed = await c.create(request)
    expect(isClosed(placed.status) || placed.status === 'ACCEPTED').toBe(true)
    await c.until(async () => (await openIds(c)).length === 0, 'the end of the order')
    expect((await c.client.getOrder(c.credentials, request))?.filledQuantity.toFixed()).toBe('0')
  },
  FOK: async (c) => {
    const tooMuch = c.request({
      type: 'LIMIT',
      side: 'SELL',
      quantity: d('1'),
      limitPrice: c.at('1.0001'),
      timeInForce: 'FOK',
    })
    await c.create(tooMuch)
    await c.until(async () => (await openIds(c)).length === 0, 'the end of the order')
    expect(await c.total('BTC')).toBe('1')
    const filled = c.request({ type: 'LIMIT', side: 'SELL', limitPrice: c.at('0.99'), timeInForce: 'FOK' })
    await c.create(filled)
    await c.until(async () => (await c.total('BTC')) === '0.99', 'the sale')
  },
}

export const ORDER_CASES: ContractCase[] = [
  {
    name: 'MARKET buys a quantity',
    capability: 'orderTypes.MARKET',
    run: async (c) => {
      const request = c.request({ type: 'MARKET', side: 'BUY' })
      await c.create(request)
      await c.until(async () => (await c.client.getOrder(c.credentials, request))?.status === 'FILLED', 'the purchase')
      const order = await c.client.getOrder(c.credentials, request)
      expect([order?.side, order?.filledQuantity.toFixed()]).toEqual(['BUY', '0.01'])
      const fills = await c.client.myFills(c.credentials, symbol, { fromTime: 0 })
      const bought = fills.reduce((sum, fill) => sum.plus(fill.quantity), d('0'))
      expect(bought.toFixed()).toBe('0.01')
      for (const fill of fills) {
        expect(fill).toMatchObject({ side: 'BUY', symbol, liquidity: 'TAKER', exchangeOrderId: order?.exchangeOrderId })
        expect(fill.fee.gt(0) && ['BTC', 'USDT'].includes(fill.feeAsset)).toBe(true)
        expect(fill.quoteQuantity.minus(fill.price.times(fill.quantity)).abs().lt('0.0001')).toBe(true)
      }
      const paid = fills.reduce((sum, fill) => sum.plus(fill.quoteQuantity), d('0'))
      expect(
        paid
          .minus(order?.filledQuoteQuantity ?? 0)
          .abs()
          .lt('0.0001'),
      ).toBe(true)
    },
  },
  {
    name: 'MARKET sells a quantity',
    capability: 'orderTypes.MARKET',
    run: async (c) => {
      await c.create(c.request({ type: 'MARKET', side: 'SELL' }))
      await c.until(async () => (await c.total('BTC')) === '0.99', 'the sale')
    },
  },
  {
    name: 'MARKET spends an amount of the quote asset',
    capability: 'orderTypes.MARKET',
    run: async (c) => {
      const { quantity: _quantity, ...request } = c.request({ type: 'MARKET', side: 'BUY', quoteQuantity: d('500') })
      await c.create(request)
      await c.until(async () => d(await c.total('USDT')).lt('99600'), 'the purchase')
      const spent = d('100000').minus(d(await c.total('USDT')))
      expect(spent.lte('501') && spent.gt('490')).toBe(true)
      const order = await c.client.getOrder(c.credentials, request)
      expect(order?.filledQuoteQuantity.gt('490') && order.filledQuoteQuantity.lte('500')).toBe(true)
    },
  },
  {
    name: 'LIMIT rests, is found by both ids, and is canceled',
    capability: 'orderTypes.LIMIT',
    run: (c) => restsAndIsCanceled(c, c.resting()),
  },
  {
    name: 'LIMIT that crosses the market trades at once, as taker',
    capability: 'orderTypes.LIMIT',
    run: async (c) => {
      await c.create(c.request({ type: 'LIMIT', side: 'BUY', limitPrice: c.at('1.01') }))
      await c.until(async () => d(await c.total('BTC')).gt('1'), 'the purchase')
      const [fill] = await c.client.myFills(c.credentials, symbol, { fromTime: 0 })
      expect(fill).toMatchObject({ side: 'BUY', liquidity: 'TAKER' })
      expect(fill?.price.lt(c.at('1.01'))).toBe(true)
    },
  },
  {
    name: 'LIMIT is filled as maker, at its price, when the market comes to it',
    capability: 'orderTypes.LIMIT',
    run: async (c) => {
      await c.create(c.resting({ limitPrice: c.at('0.99') }))
      await c.movePrice('0.98')
      await c.until(async () => d(await c.total('BTC')).gt('1'), 'the purchase')
      const [fill] = await c.client.myFills(c.credentials, symbol, { fromTime: 0 })
      expect([fill?.liquidity, fill?.price.toFixed()]).toEqual(['MAKER', '49500'])
    },
  },
  ...waitingCases,
  ...TIMES_IN_FORCE.map(
    (timeInForce): ContractCase => ({
      name: `LIMIT ${timeInForce} lasts as long as it says`,
      capability: `timesInForce.${timeInForce}`,
      run: LIMITS[timeInForce],
    }),
  ),
  {
    name: 'post-only rests, and never takes',
    capability: 'postOnly',
    run: async (c) => {
      const resting = c.resting({ isPostOnly: true })
      expect((await c.create(resting)).status).toBe('ACCEPTED')
      const taking = c.request({ type: 'LIMIT', side: 'BUY', limitPrice: c.at('1.01'), isPostOnly: true })
      await c.create(taking).catch((error: unknown) => {
        if (!(error instanceof TradingError)) throw error
        // KuCoin has one code for many refusals.
        expect(error.outcome === 'REFUSED' && ['INVALID_ORDER', 'BAD_REQUEST'].includes(error.code)).toBe(true)
      })
      await c.until(async () => (await openIds(c)).join() === resting.clientOrderId, 'only one to rest')
      expect(await c.total('BTC')).toBe('1')
    },
  },
  {
    name: 'iceberg rests by native parameters',
    capability: 'iceberg',
    run: async (c) => {
      const request = c.resting({ nativeParams: c.paper.venue.iceberg('0.005') })
      const placed = await c.create(request)
      expect(placed.quantity.toFixed()).toBe('0.01')
      expect(await openIds(c)).toEqual([request.clientOrderId])
    },
  },
  {
    name: 'a change in place keeps the ids',
    capability: 'amendOrder',
    run: async (c) => {
      // Some exchanges change limit orders in place, some only those that wait for a trigger.
      const resting = await c.create(c.resting({ quantity: d('0.02') }))
      const waiting = await c.create(
        c.request({ type: 'STOP_MARKET', side: 'SELL', quantity: d('0.02'), stopPrice: c.at('0.9') }),
      )
      const change = { quantity: d('0.01') }
      const changeable = [resting, waiting].filter((order) => c.client.canAmend(c.mode, order, change))
      expect(changeable.length).toBeGreaterThan(0)
      for (const placed of changeable) {
        const amended = await c.client.amendOrder(c.credentials, placed, change, c.instrument)
        const { clientOrderId, exchangeOrderId, side, type } = placed
        expect(amended).toMatchObject({ clientOrderId, exchangeOrderId, status: 'ACCEPTED', side, type })
        expect(amended.quantity.toFixed()).toBe('0.01')
        const found = await c.client.getOrder(c.credentials, { symbol, clientOrderId })
        expect([found?.exchangeOrderId, found?.quantity.toFixed()]).toEqual([exchangeOrderId, '0.01'])
      }
    },
    refused: async (c) => {
      const placed = await c.create(c.resting({ quantity: d('0.02') }))
      expect(c.client.canAmend(c.mode, placed, { quantity: d('0.01') })).toBe(false)
      return c.client.amendOrder(c.credentials, placed, { quantity: d('0.01') }, c.instrument)
    },
  },
  {
    name: 'everything of a pair is canceled at once',
    capability: 'cancelAll',
    run: async (c) => {
      const requests = [c.resting(), c.resting({ limitPrice: c.at('0.7') }), c.resting({ limitPrice: c.at('0.75') })]
      for (const request of requests) await c.create(request)
      const canceled = await c.client.cancelAll(c.credentials, symbol)
      expect(canceled.map((order) => order.clientOrderId).sort()).toEqual(
        requests.map((request) => request.clientOrderId).sort(),
      )
      await c.until(async () => (await openIds(c)).length === 0, 'the end of all')
      expect(await c.client.cancelAll(c.credentials, symbol)).toEqual([])
    },
  },
]
