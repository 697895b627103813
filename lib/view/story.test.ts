import { expect, test } from 'vitest'
import {
  type OrderFacts,
  stepsOfDecision,
  stepsOfOrder,
  stepsOfWebhook,
  storyOf,
  type WebhookFacts,
} from '@/lib/view/story'

const webhook: WebhookFacts = {
  status: 'EXECUTED',
  isMiss: false,
  receivedAt: 1000,
  processedAt: 1040,
  dueAt: null,
  barTime: 0,
  source: 'EMA',
  interval: '5',
  sizePercent: '50',
  price: null,
  stopLossPrice: null,
  takeProfitPrice: null,
  reason: null,
}
const order: OrderFacts = {
  clientOrderId: 'a-1',
  symbol: 'BTC/USDT',
  side: 'SELL',
  type: 'MARKET',
  purpose: 'EXIT',
  status: 'FILLED',
  quantity: '0.1',
  quoteQuantity: null,
  limitPrice: null,
  stopPrice: null,
  exchangeOrderId: '77',
  submittedAt: 1050,
  realizedPnl: '-1.5',
  events: [
    { kind: 'INITIALIZE', at: 1040, detail: null },
    { kind: 'SUBMIT', at: 1050, detail: null },
    { kind: 'ACCEPT', at: 1060, detail: null },
    { kind: 'FILL', at: 1070, detail: null },
  ],
  // The exchange's clock is 20 ms behind ours.
  fills: [{ at: 1045, price: '60000', quantity: '0.1', fee: '6', feeAsset: 'USDT' }],
}
const kinds = (steps: { kind: string }[]) => steps.map((step) => step.kind)

test('an executed webhook: received, validated, decided, sent, accepted, filled, P&L', () => {
  const story = storyOf(stepsOfWebhook(webhook), [order], {
    rawBody: '{"Action":"SellMarket"}',
    answer: { orderId: 77 },
  })
  expect(kinds(story.steps)).toEqual([
    'RECEIVED',
    'VALIDATED',
    'SETTLED',
    'INITIALIZE',
    'SUBMIT',
    'EXECUTION',
    'PNL',
    'ACCEPT',
    'FILL',
  ])
  const [received, validated] = story.steps
  expect(received?.facts).toContainEqual(['bar', { time: 0 }])
  expect(validated?.facts).toEqual([['percent', { amount: '50' }]])
  expect(story.steps.find((step) => step.kind === 'EXECUTION')).toMatchObject({
    at: 1045,
    facts: [
      ['quantity', { amount: '0.1', asset: 'BTC' }],
      ['price', { amount: '60000', asset: 'USDT' }],
      ['fee', { amount: '6', asset: 'USDT' }],
    ],
  })
  expect(story.steps.find((step) => step.kind === 'PNL')?.facts).toEqual([
    ['amount', { amount: '-1.5', asset: 'USDT' }],
  ])
  expect(JSON.parse(story.answer ?? '')).toEqual({ orderId: 77 })
})

test('webhooks without an order say why', () => {
  const told = (change: Partial<WebhookFacts>) => stepsOfWebhook({ ...webhook, ...change })
  expect(kinds(told({ status: 'UNREADABLE', reason: 'Action is missing.' }))).toEqual(['RECEIVED', 'UNREADABLE'])
  expect(told({ status: 'LATE', reason: 'It waited 200 s, longer than its delay allows.' }).at(-1)).toMatchObject({
    kind: 'SETTLED',
    outcome: 'LATE',
    at: 1040,
  })
  expect(told({ status: 'MISSED', isMiss: true, dueAt: 900 })).toMatchObject([{ kind: 'NEVER_CAME', at: 900 }])
  // It came after all: still one that the audit wrote.
  expect(kinds(told({ status: 'LATE', isMiss: true, dueAt: 900 }))).toEqual(['NEVER_CAME'])
  expect(kinds(told({ status: 'RECEIVED' }))).toEqual(['RECEIVED', 'VALIDATED'])
})

test('a decision of a strategy comes with its reason, an error before it', () => {
  const decision = {
    signaledAt: 10,
    decidedAt: 20,
    kind: 'ENTER' as const,
    outcome: 'FAILED' as const,
    reason: 'shouldLong',
    error: 'not enough funds',
    timeframe: '5m',
    strategyName: 'MACD',
    quoteQuantity: '100',
  }
  expect(stepsOfDecision(decision)).toMatchObject([
    { kind: 'SIGNAL', at: 10 },
    { kind: 'DECIDED', at: 20, decision: 'ENTER', outcome: 'FAILED', reason: 'not enough funds' },
  ])
  expect(stepsOfDecision({ ...decision, error: null }).at(-1)?.reason).toBe('shouldLong')
  expect(kinds(stepsOfDecision({ ...decision, decidedAt: null }))).toEqual(['SIGNAL'])
})

test('a refusal carries the word of the one who refused; an unknown event keeps its name', () => {
  const steps = stepsOfOrder({
    ...order,
    fills: [],
    realizedPnl: null,
    events: [
      { kind: 'REJECT', at: 3, detail: { code: 'INSUFFICIENT_FUNDS', message: 'insufficient balance' } },
      { kind: 'SOMETHING', at: 4, detail: null },
      { kind: 'UPDATE', at: 5, detail: { limitPrice: '59000', quantity: 3 } },
    ],
  })
  expect(steps).toMatchObject([
    { kind: 'REJECT', reason: 'insufficient balance' },
    { kind: 'OTHER', reason: 'SOMETHING' },
    { kind: 'UPDATE', facts: [['limitPrice', { amount: '59000', asset: 'USDT' }]] },
  ])
})
