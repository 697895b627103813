import { expect, test } from 'vitest'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { pineSnippet } from '@/lib/view/webhook-address'

const BAR = { ticker: 'BTCUSDT', prefix: 'BINANCE', currency: 'USDT', basecurrency: 'BTC' }

/** What the script's message function yields: its expression reads the same in JavaScript. */
function messageOf(script: string, action: string, size: number, price: number | null): string {
  const expression = /message\(.*\) =>\n([\s\S]*?)\n\n/.exec(script)?.[1] ?? ''
  const names = {
    syminfo: BAR,
    timeframe: { period: '5' },
    str: { tostring: String },
    number: (value: number | null) => (value === null ? 'null' : String(value)),
    time: 1_763_600_000_000,
    open: 1,
    high: 2,
    low: 0.5,
    close: 1.5,
    volume: 10,
    action,
    size,
    price,
    stopLoss: null,
    takeProfit: null,
  }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const evaluate = new Function(...Object.keys(names), `return ${expression}`) as (...values: unknown[]) => string
  return evaluate(...Object.values(names))
}

test('the message of the Pine script is one that the receiver understands', () => {
  const script = pineSnippet({ userId: 'a"b\\c', brokerNumber: 12 })
  expect(script.startsWith('//@version=6\n')).toBe(true)
  const alert = readWebhookAlert(messageOf(script, 'BuyMarket', 50, null))
  expect(alert).toMatchObject({
    action: 'BUY_MARKET',
    ticker: 'BTCUSDT',
    exchange: 'BINANCE',
    quoteAsset: 'USDT',
    baseAsset: 'BTC',
    interval: '5',
    barTime: 1_763_600_000_000,
    price: null,
    userRef: 'a"b\\c',
    brokerNumber: 12,
    source: 'Aristobot EMA',
  })
  expect(alert.sizePercent?.toFixed()).toBe('50')
})

test('without a broker chosen the message names none', () => {
  expect(
    readWebhookAlert(messageOf(pineSnippet({ userId: 'u', brokerNumber: null }), 'PING', 0, 1)).brokerNumber,
  ).toBeNull()
})
