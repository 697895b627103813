import { queueWebhookAlert } from '@/lib/db/alert-outbox-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { orderPool } from '@/lib/db/pool'
import { inTransaction } from '@/lib/db/transaction'
import {
  claimWebhook,
  settleWebhook,
  type WaitingWebhook,
  type WebhookBroker,
  type WebhookStatus,
} from '@/lib/db/webhook-repository'
import { type Amount, fromInteger, ZERO } from '@/lib/domain/money/decimal'
import { maxAgeMs, readWebhookAlert, symbolOf, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { sleep } from '@/lib/platform/clock'
import { queueUnlessTaken } from '@/lib/use-cases/late-wake'
import type { ExitEngine } from '@/lib/use-cases/restore-exits'
import type { FundsAsker, FundsBook, FundsBooks } from '@/lib/use-cases/shared-funds'
import { sizerOf } from '@/lib/use-cases/size-webhook-order'
import { exitsOf, saleOf } from '@/lib/use-cases/webhook-exits'
import { Refusal } from '@/lib/use-cases/webhook-refusal'
import type { WebhookStatements } from '@/lib/use-cases/webhook-statements'

export interface WebhookEngine extends ExitEngine {
  funds: FundsBooks
  statements: WebhookStatements
  /** The rate of the fee that a purchase takes of the funds beside its price. */
  feeOnTopOf: (brokerId: string, symbol: string) => Promise<Amount>
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

const LOOK_AGAIN_AFTER_MS = 20
const WAIT_AT_MOST_MS = 5000
/** An order asked for by webhook is not sent later than this after it was decided. */
const SEND_WITHIN_MS = 30_000
/** Percent of the funds from which on a fee may make a purchase cost more than there is. */
const LARGE = fromInteger(95)

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
  if (alert.action === 'SELL_MARKET' && broker.isProtected)
    return { act: await saleOf(engine, webhook, broker, alert), isOrderReady: isNoOrder }
  const owner = { userId: webhook.userId, brokerId: broker.id, symbol }
  const feeOnTop = alert.sizePercent?.gte(LARGE) ? await engine.feeOnTopOf(broker.id, symbol) : ZERO
  const { asset, brings, sizeFrom } = sizerOf(broker, alert, symbol, feeOnTop)
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
async function readInTurn({ statements, clock }: WebhookEngine, webhookId: string): Promise<WebhookInTurn | null> {
  for (let waited = 0; ; waited += LOOK_AGAIN_AFTER_MS) {
    const { webhook, lookedAt } = await statements.read(webhookId)
    if (webhook?.mustWait !== true) return webhook && { ...webhook, lookedAt, hasWaited: waited > 0 }
    // It stands as it is: the sweep comes back to it. What is too old by now is not waited with any longer.
    if (waited >= WAIT_AT_MOST_MS) {
      const { interval } = readWebhookAlert(webhook.rawBody)
      if (clock() - webhook.receivedAt > maxAgeMs(interval)) return { ...webhook, lookedAt, hasWaited: true }
      throw new Error(`webhook ${webhookId} waits for the order of an earlier one`)
    }
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
