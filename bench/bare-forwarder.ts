import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { Pool } from 'undici'
import { FREE_USDT } from '@/bench/door/answers'
import { setting, tell } from '@/bench/role'

// The baseline: a webhook in, a signed order out, in one process. No journal, no queue, no check, no second look.

const SECRET = 'secret'
const exchange = new Pool(setting('DOOR_URL'), { connections: 32, pipelining: 1, keepAliveTimeout: 30_000 })
let count = 0

const server = createServer((request, response) => {
  if (request.method !== 'POST') {
    response.writeHead(404).end()
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const alert = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { Symbol: string; PourCent: number }
    count += 1
    const amount = ((FREE_USDT * alert.PourCent) / 100).toFixed(2)
    const order = `symbol=${alert.Symbol}&side=BUY&type=MARKET&quoteOrderQty=${amount}&newClientOrderId=bare${count}`
    const payload = `${order}&recvWindow=5000&timestamp=${Date.now()}`
    const signature = createHmac('sha256', SECRET).update(payload).digest('hex')
    void exchange
      .request({
        method: 'POST',
        path: '/api/v3/order',
        headers: { 'x-mbx-apikey': 'key', 'content-type': 'application/x-www-form-urlencoded' },
        body: `${payload}&signature=${signature}`,
      })
      .then((answer) => answer.body.json())
      .then(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"status":"accepted"}')
      })
  })
})
server.keepAliveTimeout = 60_000
server.listen(+setting('FORWARDER_PORT'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
