import { expect, test } from 'vitest'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, OrderRequest } from '@/lib/domain/order/order'
import { restOf } from '@/lib/domain/order/replacement'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { knownReason } from '@/lib/view/reason'

test('the reasons of the engine are known, with what they name', () => {
  const told = (reason: string) => knownReason(reason)
  expect(told('The exchange account Mon broker is not activated for webhooks.')).toMatchObject({
    key: 'accountNotActivated',
    name: 'Mon broker',
  })
  expect(told('PrixSL 62000 lies above the price, 61000.5: left as it was.')).toEqual({
    key: 'stopAbove',
    name: '62000',
    price: '61000.5',
  })
  expect(told('It waited 301 s, longer than its delay allows.')?.name).toBe('301')
  expect(told('Prix must be above zero, it is -1.')).toEqual({ key: 'notPositive', name: 'Prix', price: '-1' })
  expect(told('There is no free USDT on the account.')).toMatchObject({ key: 'noFunds', name: 'USDT' })
  expect(told('Account has insufficient balance for requested action.')).toBeNull()
  expect(told('Binance refused: Filter failure: LOT_SIZE (-1013)')).toEqual({
    key: 'refused',
    name: 'Binance',
    price: 'Filter failure: LOT_SIZE (-1013)',
  })
  expect(told('The limit RAW_REQUESTS of Binance is used up; next try in 3 s.')).toMatchObject({ key: 'limitUsedUp' })
})

const step = d('0.001')
const rules = { stepSize: step, minQuantity: step, marketStepSize: step, marketMaxQuantity: d('9') }
const market = { ...REHEARSED_INSTRUMENT, ...rules }
const purchase: OrderRequest = { clientOrderId: 'x', symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET' }
const toldOf = (refused: () => unknown): ReturnType<typeof knownReason> => {
  try {
    refused()
  } catch (error) {
    return knownReason(error instanceof Error ? error.message : '')
  }
  return null
}

test('the market’s rules are told in the user’s language', () => {
  const told = (terms: Partial<OrderRequest>, other: object = {}) =>
    toldOf(() => applyMarketRules({ ...purchase, ...terms }, { ...market, ...other }, d('100')))
  expect(told({ quantity: d('0.0001') })).toEqual({ key: 'tooSmall', name: 'BTC/USDT', price: '0.001' })
  expect(told({ quantity: d('99') })).toEqual({ key: 'tooLarge', name: 'BTC/USDT', price: '9' })
  expect(told({ quantity: d('0.01') })).toEqual({ key: 'notWorth', name: 'BTC/USDT', price: '5 USDT' })
  expect(told({ quoteQuantity: d('4') })).toEqual({ key: 'notWorth', name: 'BTC/USDT', price: '5 USDT' })
  expect(told({ quantity: d('1') }, { isTrading: false })).toMatchObject({ key: 'notTrading', name: 'BTC/USDT' })
})

test('what is left of a changed order is told in the user’s language', () => {
  const limit: OrderRequest = { ...purchase, type: 'LIMIT', quantity: d('1'), limitPrice: d('100') }
  const told = (status: ExchangeOrder['status'], filledQuantity: string) => {
    const old: ExchangeOrder = {
      ...{ ...limit, quantity: d('1'), clientOrderId: 'old', exchangeOrderId: '1', status, native: {} },
      ...{ filledQuantity: d(filledQuantity), filledQuoteQuantity: ZERO, createdTime: 1, updatedTime: 1 },
    }
    return toldOf(() => restOf(limit, ZERO, old, market))
  }
  expect(told('FILLED', '1')).toMatchObject({ key: 'executedWhole', name: 'BTC/USDT' })
  expect(told('CANCELED', '1')).toEqual({ key: 'nothingLeft', name: 'BTC/USDT', price: '1 BTC' })
  expect(told('CANCELED', '0.99')).toEqual({ key: 'tooLittleLeft', name: 'BTC/USDT', price: '0.01 BTC' })
})

test.each([
  ['', { key: 'readEmpty' }],
  ['hello', { key: 'readBrace', price: '1' }],
  ['{"Action" "PING"}', { key: 'readColon', price: '11' }],
  ['{"Action":"PING" "Symbol":"BTCUSDT"}', { key: 'readEnd', price: '18' }],
  [`{${Array.from({ length: 101 }, (_, i) => `f${i}:1`).join()}}`, { key: 'readTooMany', name: '100' }],
  ['{"Action":"PING","Action":"MAJ"}', { key: 'readTwice', name: 'Action' }],
  ['{"Action":"PING"} twice', { key: 'readAfter', price: '19' }],
  ['{"Action":["PING"]}', { key: 'readNested', price: '11' }],
  ['{"Action":{{action', { key: 'readOpenPlaceholder', price: '11' }],
  ['{:1}', { key: 'readNoName', price: '2' }],
  ['{"Action":"PING', { key: 'readOpenQuote', price: '16' }],
  ['{"Action":"\\u12"}', { key: 'readEscape', price: '14' }],
])('why %s cannot be read is told in the user’s language', (body, told) => {
  let reason = ''
  try {
    readWebhookAlert(body)
  } catch (error) {
    reason = error instanceof Error ? error.message : ''
  }
  expect(knownReason(reason)).toMatchObject(told)
})
