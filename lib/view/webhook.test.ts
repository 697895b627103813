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
