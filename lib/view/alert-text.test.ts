import { expect, it } from 'vitest'
import { ALERT_DETAILS, ALERT_KINDS, type AlertDetail, type AlertKind, GRAVITY } from '@/lib/domain/alert/alert'
import { alertLine, mergeFills, type RawAlert } from '@/lib/view/alert-text'

const at = Date.parse('2026-11-22T13:04:05Z')
const french = { locale: 'fr', timeZone: 'Europe/Paris' } as const
const english = { locale: 'en', timeZone: 'UTC' } as const

const fill: AlertDetail<'FILL'> = {
  clientOrderId: 'one',
  broker: 'Paper',
  symbol: 'BTC/USDT',
  side: 'SELL',
  type: 'MARKET',
  purpose: 'EXIT',
  source: 'STRATEGY',
  origin: 'Croisement',
  quantity: '0.015000000000000000',
  quoteQuantity: '975.75',
  isComplete: true,
  realizedPnl: '12.400000000000000000',
}
const SAMPLES: { [K in AlertKind]: AlertDetail<K> } = {
  FILL: fill,
  ORDER_FAILED: { ...fill, status: 'REJECTED', code: 'INSUFFICIENT_FUNDS', reason: 'Account has insufficient balance' },
  UNPROTECTED: { broker: 'Paper', symbol: 'BTC/USDT', source: 'WEBHOOK', origin: 'EMA', reason: 'too many stops' },
  WEBHOOK_FAILED: {
    source: 'EMA',
    symbol: 'BTC/USDT',
    interval: '5',
    action: 'BuyMarket',
    status: 'FAILED',
    reason: 'There is no free USDT on the account.',
  },
  WEBHOOK_MISSED: { source: 'Pulse', symbol: 'BTC/USDT', interval: '5', dueAt: at },
  WEBHOOK_SILENT: { source: 'Pulse', symbol: 'BTC/USDT', interval: '5', inRow: 3 },
  WEBHOOK_FLOOD: {},
  STRATEGY_FAILED: { strategy: 'S', broker: 'Paper', symbol: 'BTC/USDT', timeframe: '5m', reason: 'x is not defined' },
  BALANCE: { broker: 'Paper', differences: 'USDT -12.5' },
  BROKER: { broker: 'Kraken', isBack: false, reason: 'no answer', forSeconds: 75 },
  PROCESS: { name: 'gateway', state: 'UP', forSeconds: 240 },
  MARKET: { code: 'HEARTBEAT_INCOHERENT', count: 2, symbols: 'BTC/USDT' },
  NOTIFIER: { channel: 'Salon', service: 'DISCORD', state: 'BROKEN', code: 'NOT_FOUND', reason: 'HTTP 404' },
}
const line = (kind: AlertKind, detail: unknown, reader: typeof french | typeof english = french) =>
  alertLine({ kind, detail, occurredAt: at }, reader).text

it('a sale, with its result', () => {
  expect(line('FILL', fill)).toBe(
    '14:04:05  Vendu 0,015 BTC à 65\u202f050 = 975,75 USDT · résultat +12,40 USDT · stratégie « Croisement » · Paper',
  )
  expect(line('FILL', fill, english)).toBe(
    '13:04:05  Sold 0.015 BTC at 65,050 = 975.75 USDT · result +12.40 USDT · strategy « Croisement » · Paper',
  )
})

it('a stop that sold with a loss, in part; a purchase realizes nothing; small sums are not rounded away', () => {
  expect(line('FILL', { ...fill, purpose: 'STOP_LOSS', realizedPnl: '-3.5', isComplete: false })).toContain(
    'Vendu (stop) 0,015 BTC à 65\u202f050 = 975,75 USDT · en partie · résultat \u22123,50 USDT',
  )
  expect(line('FILL', { ...fill, side: 'BUY', realizedPnl: '0' })).not.toContain('résultat')
  expect(line('FILL', { ...fill, symbol: 'SHIB/BTC', quantity: '1000', quoteQuantity: '0.00001234' })).toContain(
    'à 0,00000001234 = 0,00001234 BTC',
  )
})

it('refusals in words, the exchange’s own text beside them', () => {
  expect(line('ORDER_FAILED', SAMPLES.ORDER_FAILED)).toBe(
    '14:04:05  Ordre refusé\u00a0: vente 0,015 BTC/USDT · les fonds ne suffisent pas · Account has insufficient balance · stratégie « Croisement » · Paper',
  )
  expect(line('WEBHOOK_FAILED', SAMPLES.WEBHOOK_FAILED)).toBe(
    '14:04:05  Webhook sans ordre · BuyMarket · BTC/USDT · EMA · Le compte n’a pas de USDT libre.',
  )
  expect(line('WEBHOOK_FAILED', { ...SAMPLES.WEBHOOK_FAILED, status: 'LATE' })).toContain('Webhook venu trop tard')
  expect(line('WEBHOOK_MISSED', SAMPLES.WEBHOOK_MISSED)).toBe(
    '14:04:05  Webhook non venu · Pulse · BTC/USDT · 5 · attendu à 14:04:05',
  )
  expect(line('BROKER', SAMPLES.BROKER)).toBe('14:04:05  Exchange illisible\u00a0: Kraken · pendant 75 s · no answer')
  expect(line('PROCESS', SAMPLES.PROCESS, english)).toBe('13:04:05  Process up again: gateway · after 4 min')
  expect(line('NOTIFIER', SAMPLES.NOTIFIER)).toContain('Salon (Discord) · adresse inconnue · HTTP 404')
})

it('every kind has its sentence in both languages, and no hole in it', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual([...ALERT_KINDS].sort())
  for (const kind of ALERT_KINDS) {
    expect(ALERT_DETAILS[kind].safeParse(SAMPLES[kind]).success).toBe(true)
    for (const reader of [french, english]) {
      const text = line(kind, SAMPLES[kind], reader)
      expect([kind, /undefined|null|NaN|\[object|[{}]/.test(text)]).toEqual([kind, false])
      expect([kind, text.length > 20]).toEqual([kind, true])
    }
    expect(line(kind, SAMPLES[kind])).not.toBe(line(kind, SAMPLES[kind], english))
    expect(GRAVITY[kind]).toBeGreaterThanOrEqual(0)
  }
})

it('what is of another make is told by its kind: nothing is held back', () => {
  expect(line('FILL', { quantity: 'many' })).toBe('14:04:05  FILL')
  expect(alertLine({ kind: 'FUTURE', detail: {}, occurredAt: at }, french).text).toBe('14:04:05  FUTURE')
})

it('a text of several lines stays one line', () => {
  expect(line('STRATEGY_FAILED', { ...SAMPLES.STRATEGY_FAILED, reason: 'a\nb\r\nc' })).toContain('· a b c ·')
})

it('leads to the page that shows more', () => {
  const pathOf = (kind: AlertKind, detail: unknown) => alertLine({ kind, detail, occurredAt: at }, french).path
  expect(pathOf('FILL', fill)).toBe('/bots')
  expect(pathOf('FILL', { ...fill, source: 'WEBHOOK' })).toBe('/webhooks')
  expect(pathOf('NOTIFIER', SAMPLES.NOTIFIER)).toBe('/account')
})

it('executions of one order that came apart are one line, with the last word on its result', () => {
  const alert = (detail: Partial<typeof fill>): RawAlert => ({
    kind: 'FILL',
    detail: { ...fill, ...detail },
    occurredAt: at,
  })
  const merged = mergeFills([
    alert({ quantity: '0.1', quoteQuantity: '1000.1', isComplete: false, realizedPnl: '1' }),
    { kind: 'WEBHOOK_FLOOD', detail: {}, occurredAt: at },
    alert({ clientOrderId: 'two' }),
    alert({ quantity: '0.2', quoteQuantity: '2000.2', isComplete: true, realizedPnl: '3' }),
  ])
  expect(merged).toHaveLength(3)
  expect(merged[0]?.detail).toMatchObject({
    quantity: '0.3',
    quoteQuantity: '3000.3',
    isComplete: true,
    realizedPnl: '3',
  })
})
