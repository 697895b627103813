import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { ensurePosition, findPosition } from '@/lib/db/position-repository'
import { orderPool } from '@/lib/db/pool'
import { inTransaction } from '@/lib/db/transaction'
import {
  claimWebhook,
  settleWebhook,
  type WaitingWebhook,
  type WebhookBroker,
  type WebhookStatus,
} from '@/lib/db/webhook-repository'
import { type Amount, fromInteger } from '@/lib/domain/money/decimal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import type { OrderRequest } from '@/lib/domain/order/order'
import { maxAgeMs, readWebhookAlert, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { sleep } from '@/lib/platform/clock'
import { newClientOrderId } from '@/lib/platform/ids'
import { checkExits } from '@/lib/use-cases/place-exits'
import { type ExitEngine, exitOwnerOf } from '@/lib/use-cases/restore-exits'
import { advanceExits, wantExits } from '@/lib/use-cases/update-exits'
import { queueUnlessTaken } from '@/lib/use-cases/late-wake'
import type { FundsAsker, FundsBook, FundsBooks } from '@/lib/use-cases/shared-funds'
import type { WebhookStatements } from '@/lib/use-cases/webhook-statements'

export interface WebhookEngine extends ExitEngine {
  funds: FundsBooks
  statements: WebhookStatements
}

/** A webhook that leads to no order, with the reason shown to the user. */
class Refusal extends Error {
  readonly status: WebhookStatus
  constructor(status: WebhookStatus, reason: string) {
    super(reason)
    this.status = status
  }
}

/** A webhook, when it was looked up (performance.now()), and whether it had to wait for the orders of earlier ones. */
type WebhookInTurn = WaitingWebhook & { lookedAt: number; hasWaited: boolean }

/** What is to be done about a webhook when its turn has come. Nothing is done yet. */
type Act = () => Promise<boolean>

/** See PreparedWebhook. */
interface Prepared {
  act: Act
  isOrderReady: () => boolean
}

const isNoOrder = (): boolean => false

const HUNDRED = fromInteger(100)
const LOOK_AGAIN_AFTER_MS = 20
const WAIT_AT_MOST_MS = 5000
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

interface SizedOrder {
  request: OrderRequest
  /** What it takes of the free funds. */
  amount: Amount
}

interface Sizer {
  /** What the order takes of the free funds. */
  asset: string
  brings: string
  sizeFrom: (funds: FundsBook) => SizedOrder
}

/** How the order that an alert asks for is sized by its share of the free funds. What is wrong about the alert is thrown at once. */
function sizerOf(broker: WebhookBroker, alert: WebhookAlert, symbol: string): Sizer {
  const { sizePercent, price } = alert
  if (sizePercent === null || sizePercent.isZero())
    throw new Refusal('FAILED', 'PourCent is missing: it says how much of the funds to use.')
  const isBuy = alert.action === 'BUY_MARKET' || alert.action === 'BUY_LIMIT'
  const isLimit = alert.action === 'BUY_LIMIT' || alert.action === 'SELL_LIMIT'
  if (isLimit && price === null) throw new Refusal('FAILED', 'Prix is missing: a limit order needs its price.')
  const { instrument } = broker
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbol}.`)
  const { baseAsset, quoteAsset } = instrument
  const [asset, brings] = isBuy ? [quoteAsset, baseAsset] : [baseAsset, quoteAsset]
  const sizeFrom = (funds: FundsBook): SizedOrder => {
    const free = funds.freeOf(asset)
    if (free.isZero()) throw new Refusal('FAILED', `There is no free ${asset} on the account.`)
    const share = free.times(sizePercent).div(100)
    const order: OrderRequest = {
      clientOrderId: newClientOrderId(),
      symbol,
      side: isBuy ? 'BUY' : 'SELL',
      type: isLimit ? 'LIMIT' : 'MARKET',
      ...(isLimit && price !== null ? { limitPrice: price, timeInForce: 'GTC' as const } : {}),
      ...(!isBuy
        ? { quantity: share }
        : isLimit && price !== null
          ? { quantity: share.div(price) }
          : { quoteQuantity: share }),
    }
    return { request: applyMarketRules(order, instrument), amount: share }
  }
  return { asset, brings, sizeFrom }
}

/** The funds to size a webhook's order from, once they can be known. `asker` is what was known when the webhook was read. */
async function openFunds(
  engine: WebhookEngine,
  webhookId: string,
  brokerId: string,
  asker: FundsAsker,
): Promise<FundsBook> {
  const waitsUntil = performance.now() + WAIT_AT_MOST_MS
  for (let { isBusy, lookedAt, before, known } = asker; ; ) {
    const funds = await engine.funds.open(brokerId, {
      isBusy,
      lookedAt,
      before,
      known,
      notBefore: asker.notBefore,
      asset: asker.asset,
    })
    if (typeof funds !== 'string') return funds
    await sleep(LOOK_AGAIN_AFTER_MS)
    const look = await engine.statements.read(webhookId)
    const { webhook } = look
    lookedAt = look.lookedAt
    if (webhook === null) throw new Error(`webhook ${webhookId} was taken by another process`)
    before = webhook.before
    // An order that has no answer by then has long been taken from the funds, or never arrived.
    const isOver = lookedAt > waitsUntil
    const broker = webhook.brokers.find((each) => each.id === brokerId)
    isBusy = !isOver && broker?.isBusy === true
    known = broker?.funds ?? null
  }
}

/** MAJ: stop and target of the account's position are exchanged. What could not stand is refused before the old ones go. */
async function exitsOf(
  engine: WebhookEngine,
  webhook: WaitingWebhook,
  broker: WebhookBroker,
  alert: WebhookAlert,
): Promise<Act> {
  const { stopLossPrice: stopLoss, takeProfitPrice: takeProfit } = alert
  const { instrument, positionId } = broker
  if (stopLoss === null && takeProfit === null)
    throw new Refusal('FAILED', 'PrixSL and PrixTP are missing: MAJ needs one of them.')
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbolOf(alert) ?? ''}.`)
  const position = positionId === null ? null : await findPosition(positionId)
  if (position === null || position.quantity.isZero())
    throw new Refusal('FAILED', 'There is no open position whose stop and target could be changed.')
  const { lastPrice } = await engine.gateway.call(broker.id, 'get_ticker', { symbol: instrument.symbol })
  if (stopLoss?.gte(lastPrice))
    throw new Refusal(
      'FAILED',
      `PrixSL ${stopLoss.toFixed()} lies above the price, ${lastPrice.toFixed()}: left as it was.`,
    )
  if (takeProfit?.lte(lastPrice))
    throw new Refusal(
      'FAILED',
      `PrixTP ${takeProfit.toFixed()} lies below the price, ${lastPrice.toFixed()}: left as it was.`,
    )
  const sizePercent = alert.sizePercent === null || alert.sizePercent.isZero() ? HUNDRED : alert.sizePercent
  const quantity = position.quantity.times(sizePercent).div(HUNDRED)
  const owner = exitOwnerOf(engine, position, webhook.id)
  await checkExits(engine, owner, instrument, { quantity, stopLoss, takeProfit })
  return async () => {
    if (!(await claimWebhook(webhook.id))) return false
    engine.funds.settled(webhook.id)
    await wantExits(position.id, { webhookId: webhook.id, stopLoss, takeProfit, sizePercent })
    await advanceExits(engine, position.id)
    return true
  }
}

/** Settles a webhook that leads to no order. False when it is not its turn, or somebody else took it. */
async function settle(
  engine: WebhookEngine,
  webhookId: string,
  outcome: { status: WebhookStatus; reason: string },
): Promise<boolean> {
  if (!(await claimWebhook(webhookId))) return false
  engine.funds.settled(webhookId)
  await inTransaction(async (tx) => {
    const isSettled = await settleWebhook(tx, webhookId, outcome)
    if (isSettled && outcome.status !== 'EXECUTED') await queueWebhookAlert(tx, webhookId, null, engine.clock())
  })
  return true
}

async function prepare(engine: WebhookEngine, webhook: WebhookInTurn): Promise<Prepared> {
  const alert = readWebhookAlert(webhook.rawBody)
  if (alert.action === 'PING')
    return { act: () => settle(engine, webhook.id, { status: 'EXECUTED', reason: 'PING' }), isOrderReady: isNoOrder }
  if (alert.action === null) throw new Refusal('FAILED', `The action ${alert.actionText} is not known.`)
  const age = engine.clock() - webhook.receivedAt
  if (age > maxAgeMs(alert.interval))
    throw new Refusal('LATE', `It waited ${Math.round(age / 1000)} s, longer than its delay allows.`)
  const broker = brokerOf(webhook, alert)
  if (broker.tradingType !== 'WEBHOOK')
    throw new Refusal('FAILED', `The exchange account ${broker.name} is not activated for webhooks.`)
  const symbol = symbolOf(alert)
  if (symbol === null) throw new Refusal('FAILED', 'Symbol is missing or cannot be told apart into two assets.')
  if (alert.action === 'UPDATE_EXITS')
    return { act: await exitsOf(engine, webhook, broker, alert), isOrderReady: isNoOrder }
  const owner = { userId: webhook.userId, brokerId: broker.id, symbol }
  const { asset, brings, sizeFrom } = sizerOf(broker, alert, symbol)
  const { lookedAt, hasWaited } = webhook
  const asker = {
    isBusy: broker.isBusy,
    lookedAt,
    before: webhook.before,
    notBefore: hasWaited ? lookedAt : -Infinity,
    known: broker.funds,
    asset,
  }
  let funds = await openFunds(engine, webhook.id, broker.id, asker)
  const positionId = broker.positionId ?? (await ensurePosition(orderPool(), owner))

  // Sized when its turn has come: those before it have taken their part by then.
  const place: Act = async () => {
    while (funds.isSpoilt) {
      funds.close()
      funds = await openFunds(engine, webhook.id, broker.id, { ...asker, isBusy: true, known: null })
    }
    // Somebody else works on an earlier one: it is not this one's turn, and then funds are asked for again.
    if (!funds.confirm()) return false
    const { request, amount } = sizeFrom(funds)
    const now = engine.clock()
    const order = {
      ...request,
      ...owner,
      source: 'WEBHOOK' as const,
      purpose: request.side === 'BUY' ? ('ENTRY' as const) : ('EXIT' as const),
      positionId,
      webhookId: webhook.id,
      correlationId: `webhook-${webhook.id}`,
      sendBefore: now + SEND_WITHIN_MS,
    }
    const isPlaced = await funds.spend({ webhookId: webhook.id, asset, amount, brings }, () =>
      engine.statements.place(order, now),
    )
    if (!isPlaced) return false
    funds.close()
    queueUnlessTaken(engine.bus, 'order', request.clientOrderId)
    return true
  }
  const act: Act = () =>
    place().catch((error: unknown) => {
      funds.close()
      return refusal(engine, webhook.id, error)()
    })
  return { act, isOrderReady: () => !funds.isSpoilt }
}

/** The act that a verdict against an order leads to. What is no verdict (a gateway that does not answer) is thrown on. */
function refusal(engine: WebhookEngine, webhookId: string, error: unknown): Act {
  const isVerdict = error instanceof Refusal || (error instanceof TradingError && !error.isRetryable)
  if (!isVerdict) throw error
  const status = error instanceof Refusal ? error.status : 'FAILED'
  return () => {
    engine.log.info({ webhookId, status, reason: error.message }, 'webhook leads to no order')
    return settle(engine, webhookId, { status, reason: error.message })
  }
}

/**
 * The webhook, once what it may use is known: a sale that follows a purchase sells what that one bought, so it is not sized
 * before. Alerts of one kind do not wait for each other's answers.
 */
async function readInTurn({ statements }: WebhookEngine, webhookId: string): Promise<WebhookInTurn | null> {
  for (let waited = 0; ; waited += LOOK_AGAIN_AFTER_MS) {
    const { webhook, lookedAt } = await statements.read(webhookId)
    if (webhook?.mustWait !== true) return webhook && { ...webhook, lookedAt, hasWaited: waited > 0 }
    // It stands as it is: the sweep comes back to it.
    if (waited >= WAIT_AT_MOST_MS) throw new Error(`webhook ${webhookId} waits for the order of an earlier one`)
    await sleep(LOOK_AGAIN_AFTER_MS)
  }
}

/** A webhook ready to be acted on. */
export interface PreparedWebhook {
  /** Does it, once. False when it is not its turn, or somebody else took it: then nothing was written. */
  act(): Promise<boolean>
  /**
   * It leads to an order whose size can be told at once: acted on together with those before and behind it, their orders are
   * written in one statement.
   */
  isOrderReady(): boolean
}

/**
 * Reads, checks and sizes what a webhook asks for; null when nothing is to be done about it any more. Writes nothing. What
 * leads to no order is prepared, too: its act stores the reason. Throws when the gateway does not answer.
 */
export async function prepareWebhook(engine: WebhookEngine, webhookId: string): Promise<PreparedWebhook | null> {
  const webhook = await readInTurn(engine, webhookId)
  if (webhook === null) return null
  const { act, isOrderReady } = await prepare(engine, webhook).catch((error: unknown) => ({
    act: refusal(engine, webhookId, error),
    isOrderReady: isNoOrder,
  }))
  return {
    isOrderReady,
    async act() {
      if (!(await act())) return false
      void engine.bus.announce('websockets', {
        userId: webhook.userId,
        event: 'webhook.received',
        payload: { webhookId, status: 'PROCESSED' },
      })
      return true
    },
  }
}
