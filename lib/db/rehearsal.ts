import { claimForSubmit } from '@/lib/db/order-repository'
import { orderPool } from '@/lib/db/pool'
import { placeForWebhooks } from '@/lib/db/webhook-order-repository'
import { insertWebhooks } from '@/lib/db/webhook-arrival-repository'
import { readWaitingWebhooks } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { ONE } from '@/lib/domain/money/decimal'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { newClientOrderId } from '@/lib/platform/ids'

const CONNECTIONS = 2
const ROUNDS = 5
const BODY = '{"Symbol": "BTCUSDT", "Action": "BuyMarket", "PourCent": 1}'

/**
 * Goes the way of a webhook to its order once, in a transaction that is rolled back: nothing is written and nobody is woken.
 * Afterwards connections are open, statements prepared and code compiled, so that the first real one is not the slow one.
 */
export async function rehearseOrderPath(now: EpochMs): Promise<void> {
  for (let round = 0; round < ROUNDS; round++)
    await Promise.all(Array.from({ length: CONNECTIONS }, () => rehearse(now)))
}

async function rehearse(now: EpochMs): Promise<void> {
  const client = await orderPool().connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: string; user_id: string }>('SELECT id, user_id FROM brokers LIMIT 1')
    const [broker] = rows
    if (broker === undefined) return
    const owner = { userId: broker.user_id, brokerId: broker.id }
    const spoolId = newClientOrderId()
    const reading = { alert: readWebhookAlert(BODY) }
    const received = { userId: owner.userId, rawBody: BODY, receivedAt: now, reading, spoolId }
    const [webhook] = await insertWebhooks([received], client)
    if (!webhook) return
    await readWaitingWebhooks([webhook.id], client)
    const order = {
      clientOrderId: newClientOrderId(),
      symbol: 'BTC/USDT',
      side: 'BUY' as const,
      type: 'MARKET' as const,
    }
    const draft = {
      ...order,
      ...owner,
      quoteQuantity: ONE,
      source: 'WEBHOOK' as const,
      purpose: 'ENTRY' as const,
      positionId: '',
      webhookId: webhook.id,
      sendBefore: now,
    }
    await placeForWebhooks([draft], now, client)
    await claimForSubmit({ clientOrderIds: [order.clientOrderId] }, now - 1, client)
  } finally {
    const isBroken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(isBroken)
  }
}
