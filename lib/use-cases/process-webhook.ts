import type { Bus } from '@/lib/bus/bus'
import { type BrokerAccount, findBrokerByPublicNumber, findBrokersOfUser } from '@/lib/db/broker-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { claimWebhook, type ClaimedWebhook, settleWebhook, type WebhookStatus } from '@/lib/db/webhook-repository'
import { applyMarketRules } from '@/lib/domain/order/rules'
import type { OrderRequest } from '@/lib/domain/order/order'
import { maxAgeMs, readWebhookAlert, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Clock } from '@/lib/platform/clock'
import { newClientOrderId } from '@/lib/platform/ids'
import type { Logger } from '@/lib/platform/logger'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'
import { placeOrder } from '@/lib/use-cases/place-order'

export interface WebhookEngine {
  bus: Bus
  gateway: GatewayCaller
  clock: Clock
  log: Logger
}

/** A webhook that leads to no order, with the reason shown to the user. */
class Refusal extends Error {
  readonly status: WebhookStatus
  constructor(status: WebhookStatus, reason: string) {
    super(reason)
    this.status = status
  }
}

/** An order asked for by webhook is not sent later than this after it was decided. */
const SEND_WITHIN_MS = 30_000

async function brokerOf(webhook: ClaimedWebhook, alert: WebhookAlert): Promise<BrokerAccount> {
  if (alert.userRef !== null && alert.userRef !== webhook.userName && alert.userRef !== webhook.userId)
    throw new Refusal('FAILED', `UserID ${alert.userRef} is not the user of this address.`)
  if (alert.brokerNumber !== null) {
    const broker = await findBrokerByPublicNumber(webhook.userId, alert.brokerNumber)
    if (broker === null)
      throw new Refusal('FAILED', `UserExchangeID ${alert.brokerNumber} is not one of your exchange accounts.`)
    return broker
  }
  const willing = (await findBrokersOfUser(webhook.userId)).filter(
    (broker) => broker.tradingType === 'WEBHOOK' && broker.isActive,
  )
  const [only] = willing
  if (only === undefined) throw new Refusal('FAILED', 'The exchange is not activated for webhooks.')
  if (willing.length > 1)
    throw new Refusal(
      'FAILED',
      'Several exchange accounts take webhooks: the message must name one with UserExchangeID.',
    )
  return only
}

/** The order an alert asks for, sized by its share of the free funds. */
async function requestOf(
  engine: WebhookEngine,
  broker: BrokerAccount,
  alert: WebhookAlert,
  symbol: string,
): Promise<OrderRequest> {
  const instrument = await findInstrument(broker.id, symbol)
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbol}.`)
  if (alert.sizePercent === null || alert.sizePercent.isZero())
    throw new Refusal('FAILED', 'PourCent is missing: it says how much of the funds to use.')
  const isBuy = alert.action === 'BUY_MARKET' || alert.action === 'BUY_LIMIT'
  const isLimit = alert.action === 'BUY_LIMIT' || alert.action === 'SELL_LIMIT'
  if (isLimit && alert.price === null) throw new Refusal('FAILED', 'Prix is missing: a limit order needs its price.')
  const asset = isBuy ? instrument.quoteAsset : instrument.baseAsset
  const balances = await engine.gateway.call(broker.id, 'get_balance', {})
  const free = balances.find((balance) => balance.asset === asset)?.free
  if (free === undefined || free.isZero()) throw new Refusal('FAILED', `There is no free ${asset} on the account.`)
  const share = free.times(alert.sizePercent).div(100)
  const order: OrderRequest = {
    clientOrderId: newClientOrderId(),
    symbol,
    side: isBuy ? 'BUY' : 'SELL',
    type: isLimit ? 'LIMIT' : 'MARKET',
    ...(isLimit && alert.price !== null ? { limitPrice: alert.price, timeInForce: 'GTC' as const } : {}),
    ...(!isBuy
      ? { quantity: share }
      : isLimit && alert.price !== null
        ? { quantity: share.div(alert.price) }
        : { quoteQuantity: share }),
  }
  return applyMarketRules(order, instrument)
}

async function decide(engine: WebhookEngine, webhook: ClaimedWebhook): Promise<void> {
  const alert = readWebhookAlert(webhook.rawBody)
  const settle = (outcome: { status: WebhookStatus; reason?: string; brokerId?: string }) =>
    inTransaction((tx) => settleWebhook(tx, webhook.id, outcome))
  if (alert.action === 'PING') return settle({ status: 'EXECUTED', reason: 'PING' })
  if (alert.action === null) throw new Refusal('FAILED', `The action ${alert.actionText} is not known.`)
  if (alert.action === 'UPDATE_EXITS')
    throw new Refusal('FAILED', 'MAJ is not executed by this version: stop and target were left as they are.')
  const age = engine.clock() - webhook.receivedAt
  if (age > maxAgeMs(alert.interval))
    throw new Refusal('LATE', `It waited ${Math.round(age / 1000)} s, longer than its delay allows.`)
  const broker = await brokerOf(webhook, alert)
  if (broker.tradingType !== 'WEBHOOK')
    throw new Refusal('FAILED', `The exchange account ${broker.name} is not activated for webhooks.`)
  const symbol = symbolOf(alert)
  if (symbol === null) throw new Refusal('FAILED', 'Symbol is missing or cannot be told apart into two assets.')
  const request = await requestOf(engine, broker, alert, symbol)

  const now = engine.clock()
  const positionId = await inTransaction((tx) =>
    ensurePosition(tx, { userId: webhook.userId, brokerId: broker.id, symbol }),
  )
  await placeOrder(
    { bus: engine.bus, now },
    {
      ...request,
      userId: webhook.userId,
      brokerId: broker.id,
      source: 'WEBHOOK',
      purpose: request.side === 'BUY' ? 'ENTRY' : 'EXIT',
      positionId,
      webhookId: webhook.id,
      correlationId: `webhook-${webhook.id}`,
      sendBefore: now + SEND_WITHIN_MS,
    },
    // Decided and journaled together: a crash leaves either a webhook to decide again, or an order.
    (tx) => settleWebhook(tx, webhook.id, { status: 'EXECUTED', brokerId: broker.id }),
  )
}

/** Acts on a received webhook, once. What leads to no order is stored with its reason. */
export async function processWebhook(engine: WebhookEngine, webhookId: string): Promise<void> {
  const webhook = await claimWebhook(webhookId)
  if (webhook === null) return
  try {
    await decide(engine, webhook)
  } catch (error) {
    // Nothing was journaled. A gateway that does not answer is no verdict: the queue comes back while the alert is young.
    const isVerdict = error instanceof Refusal || (error instanceof TradingError && !error.isRetryable)
    if (!isVerdict) {
      await inTransaction((tx) => settleWebhook(tx, webhookId, { status: 'RECEIVED' }))
      throw error
    }
    const status = error instanceof Refusal ? error.status : 'FAILED'
    await inTransaction((tx) => settleWebhook(tx, webhookId, { status, reason: error.message }))
    engine.log.info({ webhookId, status, reason: error.message }, 'webhook led to no order')
  }
  void engine.bus.announce('websockets', {
    userId: webhook.userId,
    event: 'webhook.received',
    payload: { webhookId, status: 'PROCESSED' },
  })
}
