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
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { webhookReasonOf } from '@/lib/view/webhook-reason'

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
  const told = (reason: string) => webhookReasonOf(reason)
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
  expect(webhookReasonOf(reason)).toMatchObject(told)
})
