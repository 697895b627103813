import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { OrderPurpose, OrderSide, OrderType } from '@/lib/domain/order/order'
import type { OrderStatus } from '@/lib/domain/order/status'
import type { DecisionKindView, DecisionOutcomeView } from '@/lib/view/decision'
import type { WebhookStatusView } from '@/lib/view/webhook'

// The story of an order, or of a webhook with or without one: what happened when, and why. Amounts are plain decimal strings.

const ORDER_STEPS = [
  'INITIALIZE',
  'TRIGGERED_HERE',
  'RELEASE',
  'SUBMIT',
  'NOT_SENT',
  'DENY',
  'REJECT',
  'ACCEPT',
  'TRIGGER',
  'PARTIALLY_FILL',
  'FILL',
  'CHANGE_ASKED',
  'CHANGE_REFUSED',
  'REQUEST_UPDATE',
  'UPDATE',
  'CANCEL_ASKED',
  'REQUEST_CANCEL',
  'CANCEL',
  'EXPIRE',
  'FILLS_FOUND',
] as const
type OrderStep = (typeof ORDER_STEPS)[number]

export type StoryStepKind =
  | 'RECEIVED'
  | 'NEVER_CAME'
  | 'VALIDATED'
  | 'UNREADABLE'
  | 'SETTLED'
  | 'SIGNAL'
  | 'DECIDED'
  | OrderStep
  | 'OTHER'
  | 'EXECUTION'
  | 'PNL'

type StoryFact =
  | 'source'
  | 'interval'
  | 'bar'
  | 'quantity'
  | 'quoteQuantity'
  | 'price'
  | 'limitPrice'
  | 'stopPrice'
  | 'fee'
  | 'stopLoss'
  | 'takeProfit'
  | 'percent'
  | 'exchangeOrderId'
  | 'amount'

/** A fact in words, or an amount with the asset it is in. */
export type StoryValue = { text: string } | { amount: string; asset?: string } | { time: EpochMs }

export interface StoryStep {
  kind: StoryStepKind
  at: EpochMs
  /** Which of several orders it is about; null for what came before them. */
  clientOrderId: string | null
  facts: [name: StoryFact, value: StoryValue][]
  /** The engine's, the strategy's or the exchange's own word. */
  reason: string | null
  /** Where a webhook or a decision ended. */
  outcome: WebhookStatusView | DecisionOutcomeView | null
  decision: DecisionKindView | null
}

export interface OrderHead {
  clientOrderId: string
  symbol: string
  side: OrderSide
  type: OrderType
  purpose: OrderPurpose
  status: OrderStatus
}

export interface StoryView {
  steps: StoryStep[]
  orders: OrderHead[]
  /** The message of the webhook as it came, at most some thousand characters; null where there is none. */
  rawBody: string | null
  /** The exchange's last answer as it came; null where there is none. */
  answer: string | null
}

export interface WebhookFacts {
  status: WebhookStatusView
  /** Written by the audit, not received. */
  isMiss: boolean
  receivedAt: EpochMs
  processedAt: EpochMs | null
  dueAt: EpochMs | null
  barTime: EpochMs | null
  source: string | null
  interval: string | null
  sizePercent: string | null
  price: string | null
  stopLossPrice: string | null
  takeProfitPrice: string | null
  reason: string | null
}

export interface DecisionFacts {
  signaledAt: EpochMs
  decidedAt: EpochMs | null
  kind: DecisionKindView | null
  outcome: DecisionOutcomeView
  reason: string
  error: string | null
  timeframe: string | null
  strategyName: string | null
  quoteQuantity: string | null
}

export interface OrderFacts extends OrderHead {
  quantity: string | null
  quoteQuantity: string | null
  limitPrice: string | null
  stopPrice: string | null
  exchangeOrderId: string | null
  submittedAt: EpochMs | null
  realizedPnl: string | null
  events: { kind: string; at: EpochMs; detail: unknown }[]
  fills: { at: EpochMs; price: string; quantity: string; fee: string; feeAsset: string }[]
}

const NO_ORDER: Omit<StoryStep, 'kind' | 'at'> = {
  clientOrderId: null,
  facts: [],
  reason: null,
  outcome: null,
  decision: null,
}

const fact = (name: StoryFact, amount: string | null, asset?: string): StoryStep['facts'] =>
  amount === null ? [] : [[name, asset === undefined ? { amount } : { amount, asset }]]
const word = (name: StoryFact, text: string | null): StoryStep['facts'] =>
  text === null || text === '' ? [] : [[name, { text }]]

/** What was heard and decided about a webhook. */
export function stepsOfWebhook(webhook: WebhookFacts): StoryStep[] {
  const { status, receivedAt, processedAt, dueAt, barTime, reason } = webhook
  const origin = [...word('source', webhook.source), ...word('interval', webhook.interval)]
  if (webhook.isMiss)
    return [{ ...NO_ORDER, kind: 'NEVER_CAME', at: dueAt ?? receivedAt, facts: origin, reason, outcome: status }]
  const bar: StoryStep['facts'] = barTime === null ? [] : [['bar', { time: barTime }]]
  const received: StoryStep = { ...NO_ORDER, kind: 'RECEIVED', at: receivedAt, facts: [...origin, ...bar] }
  if (status === 'UNREADABLE') return [received, { ...NO_ORDER, kind: 'UNREADABLE', at: receivedAt, reason }]
  const validated: StoryStep = {
    ...NO_ORDER,
    kind: 'VALIDATED',
    at: receivedAt,
    facts: [
      ...fact('percent', webhook.sizePercent),
      ...fact('price', webhook.price),
      ...fact('stopLoss', webhook.stopLossPrice),
      ...fact('takeProfit', webhook.takeProfitPrice),
    ],
  }
  if (status === 'RECEIVED' || status === 'PROCESSING') return [received, validated]
  return [
    received,
    validated,
    // The word of an exchange that refused comes after the decision and stands with the order.
    {
      ...NO_ORDER,
      kind: 'SETTLED',
      at: processedAt ?? receivedAt,
      reason: reason === 'PING' ? null : reason,
      outcome: status,
    },
  ]
}

/** What a strategy heard and decided. */
export function stepsOfDecision(decision: DecisionFacts): StoryStep[] {
  const { signaledAt, decidedAt, kind, outcome, reason, error, strategyName, timeframe, quoteQuantity } = decision
  const heard: StoryStep = {
    ...NO_ORDER,
    kind: 'SIGNAL',
    at: signaledAt,
    facts: [...word('source', strategyName), ...word('interval', timeframe)],
  }
  if (decidedAt === null) return [heard]
  const why = error ?? (reason === '' ? null : reason)
  const facts = fact('quoteQuantity', quoteQuantity)
  return [heard, { ...NO_ORDER, kind: 'DECIDED', at: decidedAt, decision: kind, outcome, reason: why, facts }]
}

const isOrderStep = (kind: string): kind is OrderStep => (ORDER_STEPS as readonly string[]).includes(kind)

const textIn = (detail: unknown, name: string): string | null => {
  const value = typeof detail === 'object' && detail !== null ? (detail as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

/** Everything that happened to an order, its executions and its gain. */
export function stepsOfOrder(order: OrderFacts): StoryStep[] {
  const { clientOrderId } = order
  const [base, quote] = order.symbol.split('/')
  const terms = [
    ...fact('quantity', order.quantity, base),
    ...fact('quoteQuantity', order.quoteQuantity, quote),
    ...fact('limitPrice', order.limitPrice, quote),
    ...fact('stopPrice', order.stopPrice, quote),
  ]
  const isFirst = (kind: string, at: EpochMs): boolean => order.events.find((event) => event.kind === kind)?.at === at
  const happened = order.events.map(({ kind, at, detail }): StoryStep => {
    const changed = [
      ...fact('quantity', textIn(detail, 'quantity'), base),
      ...fact('limitPrice', textIn(detail, 'limitPrice'), quote),
      ...fact('stopPrice', textIn(detail, 'stopPrice'), quote),
    ]
    const facts =
      kind === 'INITIALIZE'
        ? terms
        : kind === 'ACCEPT' && isFirst(kind, at)
          ? word('exchangeOrderId', order.exchangeOrderId)
          : changed
    const said = textIn(detail, 'message')
    return {
      ...NO_ORDER,
      kind: isOrderStep(kind) ? kind : 'OTHER',
      at,
      clientOrderId,
      facts,
      reason: said ?? (isOrderStep(kind) ? null : kind),
    }
  })
  const executed = order.fills.map(
    ({ at, price, quantity, fee, feeAsset }): StoryStep => ({
      ...NO_ORDER,
      kind: 'EXECUTION',
      at,
      clientOrderId,
      facts: [...fact('quantity', quantity, base), ...fact('price', price, quote), ...fact('fee', fee, feeAsset)],
    }),
  )
  const last = order.fills.at(-1)
  const gained: StoryStep[] =
    last === undefined || order.realizedPnl === null
      ? []
      : [{ ...NO_ORDER, kind: 'PNL', at: last.at, clientOrderId, facts: fact('amount', order.realizedPnl, quote) }]
  // The exchange's clock may run behind ours: what it executed comes after what we sent.
  const sent = order.submittedAt ?? Number.NEGATIVE_INFINITY
  const after = (step: StoryStep): number =>
    step.kind === 'EXECUTION' || step.kind === 'PNL' ? Math.max(step.at, sent) : step.at
  return [...happened, ...executed, ...gained].sort((a, b) => after(a) - after(b) || rankOf(a) - rankOf(b))
}

/** Of what happened at the same moment: the cause first. */
function rankOf({ kind }: StoryStep): number {
  if (kind === 'EXECUTION') return 1
  if (kind === 'PARTIALLY_FILL' || kind === 'FILL') return 2
  return kind === 'PNL' ? 3 : 0
}

const RAW_SHOWN = 4000

/** The whole story: what led to the orders, then each order's part, in the order of time. */
export function storyOf(
  before: StoryStep[],
  orders: OrderFacts[],
  raw: { rawBody: string | null; answer: unknown },
): StoryView {
  const parts = orders.map(stepsOfOrder)
  const answer = raw.answer === null || raw.answer === undefined ? null : JSON.stringify(raw.answer, null, 2)
  return {
    steps: [...before, ...parts.flat()],
    orders: orders.map(({ clientOrderId, symbol, side, type, purpose, status }) => ({
      clientOrderId,
      symbol,
      side,
      type,
      purpose,
      status,
    })),
    rawBody: raw.rawBody === null || raw.rawBody === '' ? null : raw.rawBody.slice(0, RAW_SHOWN),
    answer: answer?.slice(0, RAW_SHOWN) ?? null,
  }
}
