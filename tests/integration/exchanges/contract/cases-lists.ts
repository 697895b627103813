import { expect } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OcoRequest, OtoRequest } from '@/lib/domain/order/order'
import { newClientOrderId } from '@/lib/platform/ids'
import type { ContractCase } from './case'
import { failure } from '../../../support/failure'
import { type CaseContext, symbol } from './paper-exchange'

function ocoOf(c: CaseContext): OcoRequest {
  const { ocoStopNeedsLimit } = c.client.capabilities(c.mode)
  return {
    clientOrderListId: newClientOrderId(),
    symbol,
    side: 'SELL',
    quantity: d('0.01'),
    takeProfit: { clientOrderId: newClientOrderId(), limitPrice: c.at('1.05') },
    stopLoss: {
      clientOrderId: newClientOrderId(),
      stopPrice: c.at('0.95'),
      ...(ocoStopNeedsLimit ? { limitPrice: c.at('0.9') } : {}),
    },
  }
}
const referenceOf = ({ clientOrderListId, takeProfit, stopLoss }: OcoRequest) => ({
  symbol,
  clientOrderListId,
  takeProfit,
  stopLoss,
})
const legIds = (request: OcoRequest) => [request.stopLoss.clientOrderId, request.takeProfit.clientOrderId].sort()
const idsOf = (orders: { clientOrderId: string }[]) => orders.map((order) => order.clientOrderId).sort()
const createOco = (c: CaseContext, request: OcoRequest) => c.client.createOco(c.credentials, request, c.instrument)

const isListClosed = async (c: CaseContext, request: OcoRequest) => {
  const list = await c.client.getOrderList(c.credentials, referenceOf(request))
  return list !== null && !list.isOpen
}

const otoOf = (c: CaseContext, pending: OtoRequest['pending']): OtoRequest => ({
  clientOrderListId: newClientOrderId(),
  working: c.resting({ limitPrice: c.at('0.98') }),
  pending,
})
const follower = (c: CaseContext) =>
  c.request({ type: 'LIMIT', side: 'SELL', limitPrice: c.at('1.2'), quantity: d('0.009') })
const createOto = (c: CaseContext, request: OtoRequest) => c.client.createOto(c.credentials, request, c.instrument)

export const LIST_CASES: ContractCase[] = [
  {
    name: 'an OCO pair rests with our ids, on one hold, and is canceled whole',
    capability: 'oco',
    run: async (c) => {
      const request = ocoOf(c)
      const placed = await createOco(c, request)
      expect(placed).toMatchObject({ clientOrderListId: request.clientOrderListId, isOpen: true, symbol })
      expect(idsOf(placed.orders)).toEqual(legIds(request))
      const types = new Map(placed.orders.map((order) => [order.clientOrderId, order.type]))
      expect(types.get(request.stopLoss.clientOrderId)).toMatch(/^STOP_/)
      const found = await c.client.getOrderList(c.credentials, referenceOf(request))
      expect(found).toMatchObject({ exchangeListId: placed.exchangeListId, isOpen: true })
      expect(idsOf(found?.orders ?? [])).toEqual(legIds(request))
      const canceled = await c.client.cancelOrderList(c.credentials, referenceOf(request))
      expect(canceled.isOpen).toBe(false)
      await c.until(async () => (await c.client.openOrders(c.credentials, symbol)).length === 0, 'the end of both')
      expect(await c.total('BTC')).toBe('1')
    },
    refused: (c) => createOco(c, ocoOf(c)),
  },
  ...(
    [
      ['takes its profit', ['1.06']],
      ['stops its loss', ['0.94']],
    ] as const
  ).map(
    ([what, prices]): ContractCase => ({
      name: `an OCO pair ${what} and ends the other order`,
      capability: 'oco',
      run: async (c) => {
        const request = ocoOf(c)
        await createOco(c, request)
        for (const factor of prices) await c.movePrice(factor)
        await c.until(async () => (await c.total('BTC')) === '0.99', 'the sale')
        await c.until(() => isListClosed(c, request), 'the end of the list')
        await c.movePrice(what === 'takes its profit' ? '0.94' : '1.06')
        await new Promise((resolve) => setTimeout(resolve, 50))
        expect(await c.total('BTC')).toBe('0.99')
      },
    }),
  ),
  {
    name: 'an OCO pair whose answer got lost is there exactly once',
    capability: 'oco',
    run: async (c) => {
      const request = ocoOf(c)
      await c.faults({ path: 'POST ', dropAnswerAfterExecution: 1 })
      const error = await failure(createOco(c, request))
      expect([error.code, error.outcome]).toEqual(['UNKNOWN_OUTCOME', 'UNKNOWN'])
      const found = await c.client.getOrderList(c.credentials, referenceOf(request))
      expect(idsOf(found?.orders ?? [])).toEqual(legIds(request))
      expect(await c.client.openOrders(c.credentials, symbol)).toHaveLength(2)
    },
  },
  {
    name: 'an order that is filled places another',
    capability: 'oto',
    run: async (c) => {
      const pending = follower(c)
      const request = otoOf(c, pending)
      const placed = await createOto(c, request)
      expect(placed).toMatchObject({ clientOrderListId: request.clientOrderListId, isOpen: true })
      expect(idsOf(placed.orders)).toEqual([request.working.clientOrderId, pending.clientOrderId].sort())
      expect((await c.ledger()).balances['BTC']).toMatchObject({ locked: '0' })
      await c.movePrice('0.97')
      await c.until(async () => (await c.ledger()).balances['BTC']?.locked === '0.009', 'the second order')
      expect(await c.client.getOrder(c.credentials, pending)).toMatchObject({ status: 'ACCEPTED', side: 'SELL' })
      expect((await c.client.getOrder(c.credentials, request.working))?.status).toBe('FILLED')
    },
    refused: (c) => createOto(c, otoOf(c, follower(c))),
  },
  {
    name: 'an order that is filled places an OCO pair',
    capability: 'otoco',
    run: async (c) => {
      const { side, quantity: _quantity, takeProfit, stopLoss } = ocoOf(c)
      const request = otoOf(c, { side, quantity: d('0.009'), takeProfit, stopLoss })
      expect((await createOto(c, request)).orders).toHaveLength(3)
      await c.movePrice('0.97')
      await c.until(async () => (await c.ledger()).balances['BTC']?.locked === '0.009', 'the pair')
      await c.movePrice('1.06')
      await c.until(async () => (await c.client.openOrders(c.credentials, symbol)).length === 0, 'the end of all')
      const sold = (await c.client.myFills(c.credentials, symbol, { fromTime: 0 })).filter(
        (fill) => fill.side === 'SELL',
      )
      expect(sold.map((fill) => fill.quantity.toFixed())).toEqual(['0.009'])
    },
    refused: (c) => {
      const { side, quantity, takeProfit, stopLoss } = ocoOf(c)
      return createOto(c, otoOf(c, { side, quantity, takeProfit, stopLoss }))
    },
  },
  {
    name: 'a list that is not there is null',
    capability: 'oco',
    run: async (c) => {
      expect(await c.client.getOrderList(c.credentials, referenceOf(ocoOf(c)))).toBeNull()
    },
  },
]
