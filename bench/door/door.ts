import { createServer, type IncomingMessage } from 'node:http'
import { account, exchangeInfo, klines, newOrder } from '@/bench/door/answers'
import { monotonicMs } from '@/bench/distribution'
import { setting, tell } from '@/bench/role'

// The exchange's door: notes when an order's request has been read in full, and answers as Binance would, with as little
// work as possible. Not the paper exchange: its matching and its database would be measured along with the bot.

let orderId = 1000

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString()
  return text
}

function answerTo(method: string, url: URL, body: string): string | null {
  switch (`${method} ${url.pathname}`) {
    case 'GET /api/v3/time':
      return JSON.stringify({ serverTime: Date.now() })
    case 'GET /api/v3/exchangeInfo':
      return exchangeInfo()
    case 'GET /api/v3/account':
      return account()
    case 'GET /api/v3/klines':
      return klines(url.searchParams)
    case 'POST /api/v3/order':
      orderId += 1
      return newOrder(new URLSearchParams(body), orderId, Date.now())
    default:
      return null
  }
}

const server = createServer((request, response) => {
  void read(request).then((body) => {
    const at = monotonicMs()
    const url = new URL(request.url ?? '', 'http://door')
    const text = answerTo(request.method ?? '', url, body)
    const answer = text ?? '{"code":-1100,"msg":"not at this door"}'
    response.writeHead(text === null ? 400 : 200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
      // An exchange where nothing is ever used up: what is measured is the bot, not its waiting.
      'x-mbx-used-weight-1m': '1',
      'x-mbx-order-count-10s': '1',
      'x-mbx-order-count-1d': '1',
    })
    response.end(answer)
    if (url.pathname !== '/api/v3/order') return
    const params = new URLSearchParams(body)
    tell({ symbol: params.get('symbol') ?? '', amount: params.get('quoteOrderQty') ?? '', at })
  })
})
server.keepAliveTimeout = 60_000
server.listen(+setting('DOOR_PORT'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
