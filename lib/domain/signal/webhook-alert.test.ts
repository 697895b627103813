import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalMs, maxAgeMs, readWebhookAlert, symbolOf, UnreadableAlert } from '@/lib/domain/signal/webhook-alert'

const PINE = `{"Symbol":"BTCUSDT","Exchange":"BINANCE","Currency":"USDT","BaseCurrency":"BTC","Interval":"5","Open":60000.5,"Close":60010,
"Volume":NaN,"BarTime":2024-08-12T14:25:00Z,"Action":"BuyMarket","Prix":"60010.10","PrixSL":NaN,"PrixTP":na,"PourCent":"50",
"UserID":dev,"IndicateurName":"Ma stratégie","UserExchangeID":3,}`

describe('webhook alert', () => {
  it('reads what Pine scripts concatenate by hand', () => {
    const alert = readWebhookAlert(PINE)
    expect(alert).toMatchObject({
      action: 'BUY_MARKET',
      interval: '5',
      userRef: 'dev',
      brokerNumber: 3,
      source: 'Ma stratégie',
      stopLossPrice: null,
      takeProfitPrice: null,
    })
    expect(alert.barTime).toBe(Date.UTC(2024, 7, 12, 14, 25))
    expect(alert.price?.toFixed()).toBe('60010.1')
    expect(alert.sizePercent?.toFixed()).toBe('50')
    expect(symbolOf(alert)).toBe('BTC/USDT')
  })

  it('reads plain JSON, a byte order mark and times in milliseconds', () => {
    expect(readWebhookAlert('\uFEFF{"Action":"PING","BarTime":1723474335000}')).toMatchObject({
      action: 'PING',
      barTime: 1723474335000,
    })
  })

  it.each([
    ['"2024-08-12T14:25:00Z"', '2024-08-12T14:25:00.000Z'],
    ['2024-08-12 14:25', '2024-08-12T14:25:00.000Z'],
    ['"2024-08-12T14:25:00.5+02:00"', '2024-08-12T12:25:00.500Z'],
    ['1723472700', '2024-08-12T14:25:00.000Z'],
    ['2024-08-12', '2024-08-12T00:00:00.000Z'],
  ])('reads the time %s in UTC', (written, meant) => {
    const { barTime } = readWebhookAlert(`{"Action":"PING","BarTime":${written}}`)
    expect(new Date(barTime ?? 0).toISOString()).toBe(meant)
  })

  it('keeps the places that can be kept, and drops half a character', () => {
    const alert = readWebhookAlert(
      '{"Action":"BuyLimit","Prix":"0.000000123456789012345","IndicateurName":"a\\ud83d","Action":"BuyLimit"}',
    )
    expect([alert.price?.toFixed(), alert.source]).toEqual(['0.000000123456789012', 'a\uFFFD'])
  })

  it('keeps an unknown action as its word', () => {
    expect(readWebhookAlert('{"Action":"Explode"}')).toMatchObject({ action: null, actionText: 'Explode' })
  })

  it('takes zero, and words for nothing, in a price for none', () => {
    const alert = readWebhookAlert('{"Action":"BuyMarket","Prix":0,"PrixSL":"0.00","PrixTP":"null","PourCent":50}')
    expect(alert).toMatchObject({ price: null, stopLossPrice: null, takeProfitPrice: null })
    expect(alert.sizePercent?.toFixed()).toBe('50')
    expect(readWebhookAlert('{"Action":"PING","Prix":-0}').price).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['hello', 'expected {'],
    ['{"Action":"PING"', 'expected , or }'],
    ['{"Action":"PING"} x', 'text after'],
    ['{"Action":"BuyMarket","PourCent":150}', 'PourCent'],
    ['{"Action":"BuyMarket","PourCent":"half"}', 'PourCent is not a number'],
    ['{"Action":"BuyMarket","Prix":-1}', 'Prix must be above zero'],
    ['{"Action":"{{strategy.order.action}}"}', 'placeholder'],
    ['{"Symbol":"BTCUSDT"}', 'Action is missing'],
    ['{"Action":"PING","BarTime":"yesterday"}', 'BarTime is not a time'],
    ['{"Action":{"a":1}}', 'nested'],
    ['{"Action":"BuyMarket","Prix":{{close}},"PourCent":50}', 'Prix holds {{close}}, a placeholder'],
    ['{"Action":"PING","IndicateurName":"RSI {{interval}}"}', 'IndicateurName holds {{interval}}'],
    ['{"Action":"BuyMarket","action":"SellMarket"}', 'action stands there twice'],
    ['{"Action":"BuyLimit","Prix":1e999}', 'Prix is too large a number'],
    ['{"Action":"BuyLimit","Prix":1e-30}', 'Prix must be above zero'],
    [`{"Action":"PING","IndicateurName":"${'x'.repeat(5000)}"}`, 'IndicateurName has more than 200 characters'],
    ['{"Action":"PING","BarTime":2024-02-30T10:00:00Z}', 'BarTime is not a time'],
    ['{"Action":"PING","BarTime":"0000-01-01"}', 'BarTime is not a time'],
    ['{"Action":"PING","BarTime":"2024-08-12 (noon)"}', 'BarTime is not a time'],
  ])('refuses %j and says why', (body, reason) => {
    expect(() => readWebhookAlert(body)).toThrow(reason)
  })

  it('never fails in another way, whatever comes', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('{', '}', '"', ':', ',', 'Action', 'NaN', '\\u12', "'", '{{x}}', '1e5', '\n'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          readWebhookAlert(pieces.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableAlert)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('knows symbols without their parts', () => {
    expect(symbolOf({ ticker: 'BINANCE:ETHUSDC', baseAsset: null, quoteAsset: null })).toBe('ETH/USDC')
    expect(symbolOf({ ticker: 'USDT', baseAsset: null, quoteAsset: null })).toBeNull()
  })

  it('derives the age limit from the interval', () => {
    expect([intervalMs('5'), intervalMs('4H'), intervalMs('D'), intervalMs('15S'), intervalMs('x')]).toEqual([
      300_000,
      14_400_000,
      86_400_000,
      15_000,
      null,
    ])
    expect([maxAgeMs('5'), maxAgeMs('60'), maxAgeMs(null)]).toEqual([150_000, 300_000, 300_000])
  })
})
