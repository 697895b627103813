import { createHmac } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Pool } from 'undici'
import { FREE_USDT } from '@/bench/door/answers'

// What the baselines of a webhook's way share: read it, sign its order, send it. No check of anything.

const SECRET = 'secret'

interface BareOrder {
  symbol: string
  amount: string
}

/** The order that a webhook asks for: its share of the funds. */
export function bareOrderOf(body: string): BareOrder {
  const alert = JSON.parse(body) as { Symbol: string; PourCent: number }
  return { symbol: alert.Symbol, amount: ((FREE_USDT * alert.PourCent) / 100).toFixed(2) }
}

/** Sends orders to the door. Resolves to its answer. */
export function openBareExchange(doorUrl: string): (order: BareOrder, clientOrderId: string) => Promise<unknown> {
  const exchange = new Pool(doorUrl, { connections: 32, pipelining: 1, keepAliveTimeout: 30_000 })
  return async ({ symbol, amount }, clientOrderId) => {
    const order = `symbol=${symbol}&side=BUY&type=MARKET&quoteOrderQty=${amount}&newClientOrderId=${clientOrderId}`
    const payload = `${order}&recvWindow=5000&timestamp=${Date.now()}`
    const signature = createHmac('sha256', SECRET).update(payload).digest('hex')
    const answer = await exchange.request({
      method: 'POST',
      path: '/api/v3/order',
      headers: { 'x-mbx-apikey': 'key', 'content-type': 'application/x-www-form-urlencoded' },
      body: `${payload}&signature=${signature}`,
    })
    return answer.body.json()
  }
}

/** Hands the body of each POST to `take` and answers 200 once that is done. */
export const bareDoor =
  (take: (body: string) => Promise<unknown>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'POST') {
      response.writeHead(404).end()
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void take(Buffer.concat(chunks).toString('utf8')).then(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"status":"accepted"}')
      })
    })
  }
