import { expect, test } from 'vitest'
import {
  fieldsOf,
  historyQuery,
  positionsQuery,
  statsQuery,
  toneOf,
  WEBHOOK_STATUSES,
  webhookIdOf,
} from '@/lib/view/webhook'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { knownReason } from '@/lib/view/reason'

test('queries take what they know and nothing else', () => {
  expect(historyQuery.parse({})).toEqual({ limit: 50 })
  expect(historyQuery.parse({ status: 'MISSED', before: '12', limit: '200', source: '' })).toEqual({
    status: 'MISSED',
    before: '12',
    limit: 200,
    source: '',
  })
  for (const wrong of [
    { status: 'X' },
    { before: '-1' },
    { before: '1;' },
    { limit: '0' },
    { limit: '201' },
    { user: '1' },
  ])
    expect([wrong, historyQuery.safeParse(wrong).success]).toEqual([wrong, false])
  expect(statsQuery.parse({})).toEqual({ days: 30 })
  expect(statsQuery.safeParse({ days: '1.5' }).success).toBe(false)
  expect(positionsQuery.safeParse({ brokerId: 'me' }).success).toBe(false)
})

test('an id is a number that fits a bigint', () => {
  expect(webhookIdOf('42')).toBe(42n)
  for (const text of ['', '4x', '-4', '1'.repeat(19), 'b0B_token']) expect(webhookIdOf(text)).toBeNull()
})

test('fields are shown as they came, short', () => {
  expect(fieldsOf({ Symbol: 'BTCUSDT', Close: 61000.5, Volume: null, Text: 'x'.repeat(400) })).toEqual([
    ['Symbol', 'BTCUSDT'],
    ['Close', '61000.5'],
    ['Volume', 'null'],
    ['Text', `${'x'.repeat(300)}…`],
  ])
  expect(fieldsOf(null)).toEqual([])
  expect(fieldsOf(Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`f${index}`, index])))).toHaveLength(60)
})

test('every status has its color, missed ones one of their own', () => {
  const tones = WEBHOOK_STATUSES.map(toneOf)
  expect(tones.filter((tone) => tone === 'missed')).toHaveLength(1)
  expect(toneOf('FAILED')).toBe('bad')
})

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

test('the market’s rules are told in the user’s language', () => {
  const market = {
    ...{ symbol: 'BTC/USDT', exchangeSymbol: 'BTCUSDT', baseAsset: 'BTC', quoteAsset: 'USDT', tickSize: d('0.01') },
    ...{ stepSize: d('0.001'), minQuantity: d('0.001'), maxQuantity: d('9'), marketStepSize: d('0.001') },
    ...{
      marketMaxQuantity: d('9'),
      quoteStepSize: d('0.01'),
      minNotional: d('5'),
      isTrading: true,
      isOcoAllowed: true,
    },
    orderTypes: ['MARKET' as const],
  }
  const told = (terms: object, rules: object = {}) => {
    const order = { clientOrderId: 'x', symbol: 'BTC/USDT', side: 'BUY' as const, type: 'MARKET' as const, ...terms }
    try {
      applyMarketRules(order, { ...market, ...rules }, d('100'))
    } catch (error) {
      return knownReason(error instanceof Error ? error.message : '')
    }
    return null
  }
  expect(told({ quantity: d('0.0001') })).toEqual({ key: 'tooSmall', name: 'BTC/USDT', price: '0.001' })
  expect(told({ quantity: d('99') })).toEqual({ key: 'tooLarge', name: 'BTC/USDT', price: '9' })
  expect(told({ quantity: d('0.01') })).toEqual({ key: 'notWorth', name: 'BTC/USDT', price: '5 USDT' })
  expect(told({ quoteQuantity: d('4') })).toEqual({ key: 'notWorth', name: 'BTC/USDT', price: '5 USDT' })
  expect(told({ quantity: d('1') }, { isTrading: false })).toMatchObject({ key: 'notTrading', name: 'BTC/USDT' })
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
