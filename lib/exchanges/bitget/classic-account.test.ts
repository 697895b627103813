import { expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { ClassicAccount } from './classic-account'
import { PLAN_ORDER } from './fixtures/answers'
import { LastPrices } from './last-prices'
import { BitgetMarkets } from './markets'
import type { BitgetRawClient } from './raw-client'
import { planSchema } from './schemas'

const credentials = { apiKey: 'k', apiSecret: 's', apiPassphrase: 'p' }

it('asks pair by pair for waiting plans where Bitget wants a pair', async () => {
  const asked: (string | undefined)[] = []
  const raw = {
    currentPlanOrder: (_credentials: unknown, { symbol }: { symbol?: string }) => {
      asked.push(symbol)
      if (symbol === undefined)
        return Promise.reject(
          new TradingError('BAD_REQUEST', 'Parameter symbol cannot be empty', {
            outcome: 'REFUSED',
            nativeCode: '40019',
          }),
        )
      return Promise.resolve({ nextFlag: false, idLessThan: '', orderList: [planSchema.parse(PLAN_ORDER)] })
    },
    placePlanOrder: () => Promise.resolve({ orderId: PLAN_ORDER.orderId, clientOid: PLAN_ORDER.clientOid }),
    tickers: () => Promise.resolve([]),
  } as unknown as BitgetRawClient
  const markets = new BitgetMarkets(raw)
  const account = new ClassicAccount(raw, markets, new LastPrices(raw, markets, () => 0), () => 1)
  expect(await account.openPlans(credentials)).toEqual([])
  await account.placePlan(credentials, {
    clientOrderId: PLAN_ORDER.clientOid,
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'STOP_LIMIT',
    quantity: d('0.0002'),
    stopPrice: d('26000'),
    limitPrice: d('25000'),
  })
  expect((await account.openPlans(credentials)).map(({ order }) => order.exchangeOrderId)).toEqual([PLAN_ORDER.orderId])
  expect(asked).toEqual([undefined, undefined, 'BTCUSDT'])
})
