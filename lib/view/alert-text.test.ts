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
  expect(line('BROKER', SAMPLES.BROKER)).toBe(
    '14:04:05  Exchange illisible\u00a0: Kraken · pendant 75 s · pas de réponse',
  )
  expect(line('PROCESS', SAMPLES.PROCESS, english)).toBe('13:04:05  Process up again: gateway · after 4 min')
  expect(line('NOTIFIER', SAMPLES.NOTIFIER)).toContain('Salon (Discord) · adresse inconnue')
})

it.each([
  [
    'Binance refused: Account has insufficient balance for requested action. (-2010)',
    'Binance a refusé\u00a0: Account',
  ],
  ['BTC/USDT: the smallest quantity is 0.001.', 'la plus petite quantité est 0.001'],
  ['The exchange does not list BTC/USDT.', 'L’exchange ne propose pas BTC/USDT.'],
  [
    'The order never reached the exchange: it is unknown there after the time in which it could have arrived.',
    'jamais',
  ],
  ['The time in which the order could be sent was over.', 'Le délai d’envoi'],
  ['rejected by the exchange', 'Rejeté par l’exchange.'],
  ['Bitget gave no usable answer to POST /api/v2/spot/trade/place-order: HTTP 502.', 'réponse exploitable (HTTP 502)'],
  [
    'Nothing was sent: The exchange does not list BTC/USDT.',
    'Rien n’a été envoyé. L’exchange ne propose pas BTC/USDT.',
  ],
  ['The new order was not confirmed.', 'Le nouvel ordre n’a pas été confirmé.'],
  ['KuCoin has no such open order.', 'KuCoin ne connaît aucun ordre ouvert'],
  ['BTC/USDT: the trigger price is already reached.', 'BTC/USDT\u00a0: le prix de déclenchement est déjà atteint.'],
  ['The broker Mon compte is switched off.', 'Le broker Mon compte est désactivé.'],
])('why an order failed, in French: %s', (reason, told) => {
  const text = line('ORDER_FAILED', { ...SAMPLES.ORDER_FAILED, code: null, reason })
  expect(text.replaceAll(/\s/g, ' ')).toContain(told.replaceAll(/\s/g, ' '))
  expect(line('ORDER_FAILED', { ...SAMPLES.ORDER_FAILED, reason }, english)).not.toMatch(/[éèê]/)
})

it.each([
  ['KuCoin cannot be reached. connect ECONNREFUSED', 'KuCoin est injoignable.'],
  ['Binance asks for a pause (HTTP 429).', 'Binance demande une pause (HTTP 429).'],
  ['Binance gave no usable answer to GET /api/v3/account: HTTP 503 with an answer that is not JSON.', '(HTTP 503).'],
  ['the gateway did not answer account.sync in 30000 ms', 'La passerelle des exchanges n’a pas répondu à temps.'],
  ['The limit RAW_REQUESTS of Binance is used up; next try in 3 s.', 'est épuisée'],
])('why an account cannot be read, in French: %s', (reason, told) => {
  expect(line('BROKER', { ...SAMPLES.BROKER, reason })).toContain(told)
  expect(line('UNPROTECTED', { ...SAMPLES.UNPROTECTED, reason })).toContain(told)
})

it('what a strategy failed for, where it is not its own text', () => {
  const why = (reason: string) => line('STRATEGY_FAILED', { ...SAMPLES.STRATEGY_FAILED, reason })
  expect(why('The strategy did not decide within 2000 ms and was ended.')).toContain('n’a pas décidé en 2000 ms')
  expect(why('The strategy used too much memory and was ended.')).toContain('trop de mémoire')
  expect(why('x is not defined')).toContain('x is not defined')
})

it('a channel’s trouble is said once', () => {
  const told = (code: string | null, reason: string | null, state = 'BROKEN') =>
    line('NOTIFIER', { ...SAMPLES.NOTIFIER, code, reason, state }).split('(Discord)')[1]
  expect(told('UNSEALABLE', 'the address cannot be opened')).toBe(' · adresse illisible avec la clé secrète actuelle')
  expect(told('UNAUTHORIZED', 'HTTP 401: Invalid Webhook Token')).toBe(' · jeton refusé')
  expect(told('REFUSED', 'HTTP 400: message is too long')).toBe(' · message refusé · HTTP 400: message is too long')
  expect(told(null, 'no answer in time', 'STUCK')).toBe(' · pas de réponse à temps')
  expect(told(null, 'ECONNREFUSED', 'STUCK')).toBe(' · ECONNREFUSED')
  expect(told(null, 'the chat has moved', 'STUCK')).toBe(' · la conversation a changé d’adresse')
  expect(told(null, null, 'STUCK')).toBe('')
})

it('a source says for which account it is, where its alerts name one', () => {
  const ofAccount = { ...SAMPLES.WEBHOOK_MISSED, brokerNumber: 7 }
  expect(line('WEBHOOK_MISSED', ofAccount)).toContain('Pulse · BTC/USDT · 5 · compte n°\u00a07 · attendu à')
  expect(line('WEBHOOK_SILENT', { ...SAMPLES.WEBHOOK_SILENT, brokerNumber: 0 }, english)).toContain('· account no. 0 ·')
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
