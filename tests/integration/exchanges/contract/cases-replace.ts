import { expect } from 'vitest'
import { type Amount, parseDecimal as d, sum, ZERO } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ContractCase } from './case'
import { failure } from '../../../support/failure'
import { type CaseContext, openIds, symbol } from './paper-exchange'

const executedAll = async (c: CaseContext): Promise<Amount> =>
  sum((await c.ledger()).fills.map((fill) => d(fill.quantity)))

/** Lets the market reach the orders, of which three tenths are executed, and holds it away from them again. Answers all that was executed. */
async function executeSome(c: CaseContext, reached: string, away: string): Promise<Amount> {
  const before = await executedAll(c)
  await c.faults({ partialFills: 0.3 })
  await c.movePrice(reached)
  await c.until(async () => (await executedAll(c)).gt(before), 'an execution')
  await c.movePrice(away)
  await c.faults({})
  return executedAll(c)
}

/** Replaces as a caller does that saw so much executed when it chose the quantity. Tells the quantities that were announced, too. */
async function replace(
  c: CaseContext,
  old: OrderRequest,
  next: OrderRequest,
  executed: Amount,
  instrument = c.instrument,
) {
  const resized: string[] = []
  const onResize = (quantity: Amount) => Promise.resolve(void resized.push(quantity.toFixed()))
  const { clientOrderId } = old
  const result = await c.client.replaceOrder(c.credentials, { symbol, clientOrderId }, next, instrument, {
    executed,
    onResize,
  })
  return { ...result, resized }
}

/** The new order stands for what the old one left, at the exchange as in the answer. */
async function expectRest(c: CaseContext, next: OrderRequest, placed: { quantity: Amount } | null, rest: Amount) {
  expect(placed?.quantity.toFixed()).toBe(rest.toFixed())
  const { clientOrderId } = next
  const found = await c.client.getOrder(c.credentials, { symbol, clientOrderId })
  expect([found?.status, found?.quantity.toFixed()]).toEqual(['ACCEPTED', rest.toFixed()])
  expect(await openIds(c)).toEqual([clientOrderId])
}

const near = (c: CaseContext) => c.resting({ limitPrice: c.at('0.99') })
const far = (c: CaseContext, quantity = d('0.01')) => c.resting({ limitPrice: c.at('0.75'), quantity })

async function expectNothingPlaced(
  c: CaseContext,
  next: OrderRequest,
  { placed, placeError, resized }: Awaited<ReturnType<typeof replace>>,
): Promise<void> {
  expect(placed).toBeNull()
  expect(placeError).toMatchObject({ outcome: 'NOT_SENT', isRetryable: false, rule: 'NOTHING_LEFT' })
  expect(resized).toEqual([])
  expect(await openIds(c)).toEqual([])
  expect(await c.count(next.clientOrderId)).toBe(0)
}

export const REPLACE_CASES: ContractCase[] = [
  {
    name: 'a replacement cancels the old order and places the new',
    capability: 'replaceOrder',
    run: async (c) => {
      const [old, next] = [c.resting(), far(c)]
      await c.create(old)
      const { canceled, placed, resized } = await replace(c, old, next, ZERO)
      expect(canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'CANCELED' })
      expect(placed).toMatchObject({ clientOrderId: next.clientOrderId, status: 'ACCEPTED' })
      expect(resized).toEqual([])
      await expectRest(c, next, placed, d('0.01'))
    },
  },
  {
    name: 'a replacement takes the place of an order that waits for its trigger',
    capability: 'replaceOrder',
    run: async (c) => {
      const old = c.request({ type: 'STOP_MARKET', side: 'SELL', stopPrice: c.at('0.9') })
      const next = c.request({ type: 'STOP_MARKET', side: 'SELL', stopPrice: c.at('0.92') })
      await c.create(old)
      const { canceled, placed } = await replace(c, old, next, ZERO)
      expect(canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'CANCELED' })
      await expectRest(c, next, placed, d('0.01'))
    },
  },
  {
    name: 'what is executed between the look and a replacement is taken off it',
    capability: 'replaceOrder',
    run: async (c) => {
      const [old, next] = [near(c), far(c)]
      await c.create(old)
      const executed = await executeSome(c, '0.98', '1')
      const { canceled, placed, resized } = await replace(c, old, next, ZERO)
      expect([canceled.status, canceled.filledQuantity.toFixed()]).toEqual(['CANCELED', executed.toFixed()])
      const rest = d('0.01').minus(executed)
      expect(rest.gt(0) && rest.lt('0.01')).toBe(true)
      expect(resized).toEqual([rest.toFixed()])
      await expectRest(c, next, placed, rest)
    },
  },
  {
    name: 'of a replacement only what was executed after the look is taken off',
    capability: 'replaceOrder',
    run: async (c) => {
      const old = near(c)
      await c.create(old)
      const seen = await executeSome(c, '0.98', '1')
      const next = far(c, d('0.01').minus(seen))
      const executed = await executeSome(c, '0.98', '1')
      const { canceled, placed } = await replace(c, old, next, seen)
      expect(executed.gt(seen)).toBe(true)
      expect(canceled.filledQuantity.toFixed()).toBe(executed.toFixed())
      await expectRest(c, next, placed, d('0.01').minus(executed))
    },
  },
  {
    name: 'of a replacement nothing is taken off that was known at the look',
    capability: 'replaceOrder',
    run: async (c) => {
      const old = near(c)
      await c.create(old)
      const seen = await executeSome(c, '0.98', '1')
      // As large as the old one was: more is wanted in all.
      const next = far(c)
      const { placed, resized } = await replace(c, old, next, seen)
      expect(resized).toEqual([])
      await expectRest(c, next, placed, d('0.01'))
    },
  },
  {
    name: 'an order that fires and is executed in part is replaced by the rest',
    capability: 'replaceOrder',
    run: async (c) => {
      const sale = { type: 'STOP_LIMIT', side: 'SELL' } as const
      const old = c.request({ ...sale, stopPrice: c.at('0.95'), limitPrice: c.at('0.93') })
      await c.create(old)
      const executed = await executeSome(c, '0.94', '0.9')
      const next = c.request({ ...sale, stopPrice: c.at('0.8'), limitPrice: c.at('0.79') })
      const { canceled, placed } = await replace(c, old, next, ZERO)
      expect([canceled.status, canceled.filledQuantity.toFixed()]).toEqual(['CANCELED', executed.toFixed()])
      await expectRest(c, next, placed, d('0.01').minus(executed))
    },
  },
  {
    name: 'an order that is executed whole after the look is replaced by nothing',
    capability: 'replaceOrder',
    run: async (c) => {
      const [old, next] = [near(c), far(c)]
      await c.create(old)
      await c.movePrice('0.98')
      await c.until(async () => (await executedAll(c)).eq('0.01'), 'the purchase')
      const result = await replace(c, old, next, ZERO)
      expect(result.canceled).toMatchObject({ clientOrderId: old.clientOrderId, status: 'FILLED' })
      await expectNothingPlaced(c, next, result)
    },
  },
  {
    name: 'a rest that is too small for an order is not placed',
    capability: 'replaceOrder',
    run: async (c) => {
      const [old, next] = [near(c), far(c)]
      await c.create(old)
      const executed = await executeSome(c, '0.98', '1')
      // What the whole of it is just worth at the new price.
      const strict = { ...c.instrument, minNotional: d('0.01').times(c.at('0.75')) }
      const result = await replace(c, old, next, ZERO, strict)
      expect(result.canceled.filledQuantity.toFixed()).toBe(executed.toFixed())
      await expectNothingPlaced(c, next, result)
    },
  },
  {
    name: 'a replacement that the rules refuse leaves the old order alone',
    capability: 'replaceOrder',
    run: async (c) => {
      const old = c.resting()
      await c.create(old)
      const small = await failure(replace(c, old, far(c, d('0.00001')), ZERO))
      expect([small.code, small.outcome]).toEqual(['INVALID_ORDER', 'NOT_SENT'])
      const { quantity: _, ...spending } = c.request({ type: 'MARKET', side: 'BUY', quoteQuantity: d('500') })
      const unsized = await failure(replace(c, old, spending, ZERO))
      expect([unsized.code, unsized.outcome]).toEqual(['INVALID_ORDER', 'NOT_SENT'])
      expect(await openIds(c)).toEqual([old.clientOrderId])
    },
  },
  {
    name: 'a replacement that cannot be announced is not placed',
    capability: 'replaceOrder',
    run: async (c) => {
      const [old, next] = [near(c), far(c)]
      await c.create(old)
      await executeSome(c, '0.98', '1')
      const { clientOrderId } = old
      const replacing = c.client.replaceOrder(c.credentials, { symbol, clientOrderId }, next, c.instrument, {
        executed: ZERO,
        onResize: () => Promise.reject(new Error('no journal')),
      })
      await expect(replacing).rejects.toThrow('no journal')
      expect(await openIds(c)).toEqual([])
      expect(await c.count(next.clientOrderId)).toBe(0)
    },
  },
  {
    name: 'a replacement of an order that is not there places nothing',
    run: async (c) => {
      const next = c.resting()
      const error = await failure(replace(c, c.resting(), next, ZERO))
      expect([error.code, error.outcome]).toEqual(['UNKNOWN_ORDER', 'REFUSED'])
      expect(await c.count(next.clientOrderId)).toBe(0)
    },
  },
]
