import {
  readOrderWithCauses,
  readWebhookWithOrders,
  type StoryDecision,
  type StoryOrder,
  type StoryWebhook,
} from '@/lib/db/story-reads'
import {
  type DecisionFacts,
  type OrderFacts,
  stepsOfDecision,
  stepsOfWebhook,
  storyOf,
  type StoryView,
  type WebhookFacts,
} from '@/lib/view/story'

const webhookOf = (row: StoryWebhook): WebhookFacts => ({
  status: row.status,
  isMiss: row.action === 'MISSED',
  receivedAt: row.receivedAt.getTime(),
  processedAt: row.processedAt?.getTime() ?? null,
  dueAt: row.dueAt?.getTime() ?? null,
  barTime: row.barTime?.getTime() ?? null,
  source: row.source,
  interval: row.interval,
  sizePercent: row.sizePercent?.toFixed() ?? null,
  price: row.price?.toFixed() ?? null,
  stopLossPrice: row.stopLossPrice?.toFixed() ?? null,
  takeProfitPrice: row.takeProfitPrice?.toFixed() ?? null,
  reason: row.reason,
})

const decisionOf = (row: StoryDecision): DecisionFacts => ({
  signaledAt: row.signaledAt.getTime(),
  decidedAt: row.decidedAt?.getTime() ?? null,
  kind: row.kind,
  outcome: row.outcome,
  reason: row.reason,
  error: row.error,
  timeframe: row.run.timeframe,
  strategyName: row.run.strategy.name,
  quoteQuantity: row.quoteQuantity?.toFixed() ?? null,
})

const orderOf = (row: StoryOrder): OrderFacts => ({
  clientOrderId: row.clientOrderId,
  symbol: row.symbol,
  side: row.side,
  type: row.type,
  purpose: row.purpose,
  status: row.status,
  quantity: row.quantity?.toFixed() ?? null,
  quoteQuantity: row.quoteQuantity?.toFixed() ?? null,
  limitPrice: row.limitPrice?.toFixed() ?? null,
  stopPrice: row.stopPrice?.toFixed() ?? null,
  exchangeOrderId: row.exchangeOrderId,
  submittedAt: row.submittedAt?.getTime() ?? null,
  realizedPnl: row.realizedPnl?.toFixed() ?? null,
  events: row.events.map(({ kind, occurredAt, detail }) => ({ kind, at: occurredAt.getTime(), detail })),
  fills: row.fills.map(({ tradeTime, price, quantity, fee, feeAsset }) => ({
    at: tradeTime.getTime(),
    price: price.toFixed(),
    quantity: quantity.toFixed(),
    fee: fee.toFixed(),
    feeAsset,
  })),
})

/** The story of one of the user's orders, from the webhook or signal that led to it; null when it is not theirs. */
export async function readOrderStory(userId: string, clientOrderId: string): Promise<StoryView | null> {
  const order = await readOrderWithCauses(userId, clientOrderId)
  if (order === null) return null
  const { webhook, decision } = order
  const before = [
    ...(webhook === null ? [] : stepsOfWebhook(webhookOf(webhook))),
    ...(decision === null ? [] : stepsOfDecision(decisionOf(decision))),
  ]
  return storyOf(before, [orderOf(order)], { rawBody: webhook?.rawBody ?? null, answer: order.exchangeAnswer })
}

/** The story of one of the user's webhooks with all its orders; null when it is not theirs. */
export async function readWebhookStory(userId: string, id: bigint): Promise<StoryView | null> {
  const webhook = await readWebhookWithOrders(userId, id)
  if (webhook === null) return null
  const { orders, rawBody, exchangeAnswer } = webhook
  return storyOf(stepsOfWebhook(webhookOf(webhook)), orders.map(orderOf), { rawBody, answer: exchangeAnswer })
}
