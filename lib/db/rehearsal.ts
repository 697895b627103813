import { claimForSubmit } from '@/lib/db/order-repository'
import { orderPool } from '@/lib/db/pool'
import { placeForWebhook } from '@/lib/db/webhook-order-repository'
import { insertWebhook, readWaitingWebhook } from '@/lib/db/webhook-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { ONE } from '@/lib/domain/money/decimal'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { newClientOrderId } from '@/lib/platform/ids'

const CONNECTIONS = 2
const BODY = '{"Symbol": "BTCUSDT", "Action": "BuyMarket", "PourCent": 1}'

/**
 * Goes the way of a webhook to its order once, in a transaction that is rolled back: nothing is written and nobody is woken.
 * Afterwards connections are open, statements prepared and code compiled, so that the first real one is not the slow one.
 */
export async function rehearseOrderPath(now: EpochMs): Promise<void> {
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
    const webhook = await insertWebhook(
      { userId: owner.userId, rawBody: BODY, receivedAt: now, reading, spoolId },
      client,
    )
    if (webhook === null) return
    await readWaitingWebhook(webhook.id, client)
    const order = {
      clientOrderId: newClientOrderId(),
      symbol: 'BTC/USDT',
      side: 'BUY' as const,
      type: 'MARKET' as const,
    }
    await placeForWebhook(
      webhook.id,
      {
        ...order,
        ...owner,
        quoteQuantity: ONE,
        source: 'WEBHOOK',
        purpose: 'ENTRY',
        positionId: '',
        webhookId: webhook.id,
        sendBefore: now,
      },
      now,
      client,
    )
    await claimForSubmit({ clientOrderId: order.clientOrderId }, now - 1, client)
  } finally {
    const isBroken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    )
    client.release(isBroken)
  }
}
