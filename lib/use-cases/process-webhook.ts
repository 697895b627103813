import type { Bus } from '@/lib/bus/bus'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { placeForWebhook } from '@/lib/db/webhook-order-repository'
import {
  claimWebhook,
  readWaitingWebhook,
  settleWebhook,
  type WaitingWebhook,
  type WebhookBroker,
  type WebhookStatus,
} from '@/lib/db/webhook-repository'
import { applyMarketRules } from '@/lib/domain/order/rules'
import type { OrderRequest } from '@/lib/domain/order/order'
import { maxAgeMs, readWebhookAlert, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Clock } from '@/lib/platform/clock'
import { newClientOrderId } from '@/lib/platform/ids'
import type { Logger } from '@/lib/platform/logger'
import type { FundsReader } from '@/lib/use-cases/free-funds'
import { queueUnlessTaken } from '@/lib/use-cases/late-wake'

export interface WebhookEngine {
  bus: Bus
  fundsOf: FundsReader
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

function brokerOf(webhook: WaitingWebhook, alert: WebhookAlert): WebhookBroker {
  if (alert.userRef !== null && alert.userRef !== webhook.userName && alert.userRef !== webhook.userId)
    throw new Refusal('FAILED', `UserID ${alert.userRef} is not the user of this address.`)
  if (alert.brokerNumber !== null) {
    const broker = webhook.brokers.find((each) => each.publicNumber === alert.brokerNumber)
    if (broker === undefined)
      throw new Refusal('FAILED', `UserExchangeID ${alert.brokerNumber} is not one of your exchange accounts.`)
    return broker
  }
  const willing = webhook.brokers.filter((broker) => broker.tradingType === 'WEBHOOK' && broker.isActive)
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
  broker: WebhookBroker,
  alert: WebhookAlert,
  symbol: string,
): Promise<OrderRequest> {
  if (alert.sizePercent === null || alert.sizePercent.isZero())
    throw new Refusal('FAILED', 'PourCent is missing: it says how much of the funds to use.')
  const isBuy = alert.action === 'BUY_MARKET' || alert.action === 'BUY_LIMIT'
  const isLimit = alert.action === 'BUY_LIMIT' || alert.action === 'SELL_LIMIT'
  if (isLimit && alert.price === null) throw new Refusal('FAILED', 'Prix is missing: a limit order needs its price.')
  const { instrument } = broker
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbol}.`)
  const balances = await engine.fundsOf(broker.id)
  const asset = isBuy ? instrument.quoteAsset : instrument.baseAsset
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

/** Settles a webhook that leads to no order. False when it is not its turn, or somebody else took it. */
async function settle(webhookId: string, outcome: { status: WebhookStatus; reason: string }): Promise<boolean> {
  if (!(await claimWebhook(webhookId))) return false
  await inTransaction((tx) => settleWebhook(tx, webhookId, outcome))
  return true
}

/** What is to be done about a webhook when its turn has come. Nothing is done yet. */
type Act = () => Promise<boolean>

async function prepare(engine: WebhookEngine, webhook: WaitingWebhook): Promise<Act> {
  const alert = readWebhookAlert(webhook.rawBody)
  if (alert.action === 'PING') return () => settle(webhook.id, { status: 'EXECUTED', reason: 'PING' })
  if (alert.action === null) throw new Refusal('FAILED', `The action ${alert.actionText} is not known.`)
  if (alert.action === 'UPDATE_EXITS')
    throw new Refusal('FAILED', 'MAJ is not executed by this version: stop and target were left as they are.')
  const age = engine.clock() - webhook.receivedAt
  if (age > maxAgeMs(alert.interval))
    throw new Refusal('LATE', `It waited ${Math.round(age / 1000)} s, longer than its delay allows.`)
  const broker = brokerOf(webhook, alert)
  if (broker.tradingType !== 'WEBHOOK')
    throw new Refusal('FAILED', `The exchange account ${broker.name} is not activated for webhooks.`)
  const symbol = symbolOf(alert)
  if (symbol === null) throw new Refusal('FAILED', 'Symbol is missing or cannot be told apart into two assets.')
  const owner = { userId: webhook.userId, brokerId: broker.id, symbol }
  const request = await requestOf(engine, broker, alert, symbol)
  const positionId = broker.positionId ?? (await inTransaction((tx) => ensurePosition(tx, owner)))

  return async () => {
    const now = engine.clock()
    const isPlaced = await placeForWebhook(
      webhook.id,
      {
        ...request,
        ...owner,
        source: 'WEBHOOK',
        purpose: request.side === 'BUY' ? 'ENTRY' : 'EXIT',
        positionId,
        webhookId: webhook.id,
        correlationId: `webhook-${webhook.id}`,
        sendBefore: now + SEND_WITHIN_MS,
      },
      now,
    )
    if (isPlaced) queueUnlessTaken(engine.bus, 'order', request.clientOrderId)
    return isPlaced
  }
}

/** The act that a verdict against an order leads to. What is no verdict (a gateway that does not answer) is thrown on. */
function refusal(engine: WebhookEngine, webhookId: string, error: unknown): Act {
  const isVerdict = error instanceof Refusal || (error instanceof TradingError && !error.isRetryable)
  if (!isVerdict) throw error
  const status = error instanceof Refusal ? error.status : 'FAILED'
  return () => {
    engine.log.info({ webhookId, status, reason: error.message }, 'webhook leads to no order')
    return settle(webhookId, { status, reason: error.message })
  }
}

/**
 * Acts on a received webhook, once. What leads to no order is stored with its reason. It is prepared at once and acted on
 * when `turn` has come: after those before it. One that could not be prepared waits as it is, and those behind it with it:
 * the queue and the sweep come back to them while they are young.
 */
export async function processWebhook(
  engine: WebhookEngine,
  webhookId: string,
  turn: Promise<void> = Promise.resolve(),
): Promise<void> {
  const webhook = await readWaitingWebhook(webhookId)
  if (webhook === null) return
  const [prepared] = await Promise.allSettled([prepare(engine, webhook), turn])
  const act = prepared.status === 'fulfilled' ? prepared.value : refusal(engine, webhookId, prepared.reason)
  if (!(await act())) return
  void engine.bus.announce('websockets', {
    userId: webhook.userId,
    event: 'webhook.received',
    payload: { webhookId, status: 'PROCESSED' },
  })
}
