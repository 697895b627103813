import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import type { TestAccount } from './account'
import { type Installation, until } from './installation'

/** TradingView, as far as the receiver is concerned. */
export interface WebhookSender {
  /** The HTTP status, or null when nobody answered. */
  post(body: string | Record<string, unknown>): Promise<number | null>
  /** A market order as an alert of its own; remembered when it was accepted. */
  order(action: 'BuyMarket' | 'SellMarket', percent: number): Promise<number | null>
  /** Names of the accepted alerts, in the order of sending. */
  accepted: string[]
}

export async function openSender(installation: Installation, account: TestAccount): Promise<WebhookSender> {
  const token = await issueWebhookToken(account.userId)
  const url = `http://127.0.0.1:${installation.env['RECEIVER_PORT'] ?? ''}/webhooks/${token}`
  let number = 0
  const accepted: string[] = []
  const post = async (body: string | Record<string, unknown>): Promise<number | null> => {
    const answer = await fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(3000),
    }).catch(() => null)
    await answer?.text().catch(() => '')
    return answer?.status ?? null
  }
  await until(async () => (await post({ Action: 'PING' })) === 200, 15_000, 'the receiver knows the token')
  return {
    accepted,
    post,
    async order(action, percent) {
      const name = `alert-${String(number++).padStart(5, '0')}`
      const status = await post({
        Symbol: 'BTCUSDT',
        Interval: '60',
        Action: action,
        PourCent: percent,
        IndicateurName: name,
      })
      if (status === 200) accepted.push(name)
      return status
    },
  }
}

export interface WebhookRow {
  id: string
  source: string
  status: string
  reason: string | null
}

/** Waits until every webhook has come to an end. */
export const allSettled = (installation: Installation, limitMs = 60_000): Promise<WebhookRow[]> =>
  until(
    async () => {
      const rows = await installation.query<WebhookRow & Record<string, never>>(
        'SELECT id, source, status, reason FROM webhooks WHERE source IS NOT NULL ORDER BY id',
      )
      return rows.every((row) => row.status !== 'RECEIVED' && row.status !== 'PROCESSING') && rows
    },
    limitMs,
    'the end of every webhook',
    async () => ({
      webhooks: await installation.query(
        `SELECT w.id::text, w.source, w.status::text, w.received_at, t.status::text AS "order"
         FROM webhooks w LEFT JOIN trades t ON t.webhook_id = w.id
         WHERE w.status IN ('RECEIVED', 'PROCESSING') ORDER BY w.id LIMIT 10`,
      ),
      engine: await installation.logOf('engine'),
      gateway: await installation.logOf('gateway'),
    }),
  )
