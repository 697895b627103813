import fc from 'fast-check'
import { expect, it } from 'vitest'
import { alertMessage, type MessageParts } from '@/lib/view/alert-message'

const at = Date.parse('2026-11-22T13:04:05Z')
const strategy = (reason: string) => ({
  kind: 'STRATEGY_FAILED',
  detail: { strategy: 'S', broker: 'B', symbol: 'BTC/USDT', timeframe: '5m', reason },
  occurredAt: at,
})
const fill = (id: number) => ({
  kind: 'FILL',
  detail: {
    clientOrderId: `order-${id}`,
    broker: 'Paper',
    symbol: 'BTC/USDT',
    side: 'BUY',
    type: 'MARKET',
    purpose: 'ENTRY',
    source: 'WEBHOOK',
    quantity: '1',
    quoteQuantity: '1',
    isComplete: true,
  },
  occurredAt: at + id,
})
const parts = (change: Partial<MessageParts>): MessageParts => ({
  number: '7',
  isInDoubt: false,
  expired: 0,
  alerts: [],
  reader: { locale: 'fr', timeZone: 'UTC' },
  publicAddress: null,
  longest: 2000,
  escape: (text) => text,
  ...change,
})

it('a line each under a head with the number; a link to where the gravest is shown', () => {
  const text = alertMessage(
    parts({
      alerts: [fill(1), strategy('boom')],
      publicAddress: 'https://bot.example.org',
      isInDoubt: true,
      expired: 2,
    }),
  )
  expect(text.split('\n')).toEqual([
    'Aristobot · 2 alertes · n°\u00a07 · UTC · peut-être déjà reçu',
    '13:04:05  Acheté 1 BTC à 1 = 1,00 USDT · webhook · Paper',
    '13:04:05  Stratégie en erreur « S » · BTC/USDT 5m · boom · B',
    '2 alertes trop anciennes n’ont pas été envoyées',
    'https://bot.example.org/bots',
  ])
})

it('one alone, in English, without a public address', () => {
  expect(alertMessage(parts({ alerts: [strategy('boom')], reader: { locale: 'en', timeZone: 'Asia/Tokyo' } }))).toBe(
    'Aristobot · no. 7\n22:04:05  Strategy failed « S » · BTC/USDT 5m · boom · B',
  )
})

it('what does not fit is counted, and the grave ones stay', () => {
  const alerts = [...Array.from({ length: 100 }, (_, index) => fill(index)), strategy('the grave one')]
  const text = alertMessage(parts({ alerts }))
  const lines = text.split('\n')
  expect(text.length).toBeLessThanOrEqual(2000)
  expect(text.length).toBeGreaterThan(1800)
  expect(text).toContain('the grave one')
  const told = lines.length - 2
  expect(lines.at(-1)).toBe(`… et ${101 - told} autres`)
  expect(lines.at(-2)).toContain('the grave one')
})

it('a message holds any alerts within any service’s limit, none empty, no half characters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(99).map(fill), fc.string({ maxLength: 900, unit: 'grapheme' }).map(strategy)), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.constantFrom(2000, 4096),
      fc.nat(1000),
      (alerts, longest, expired) => {
        const text = alertMessage(parts({ alerts, longest, expired, publicAddress: 'https://bot.example.org' }))
        expect(text.length).toBeLessThanOrEqual(longest)
        expect(text.isWellFormed()).toBe(true)
        expect(text.split('\n').length).toBeGreaterThan(2)
      },
    ),
    { numRuns: 300 },
  )
})
