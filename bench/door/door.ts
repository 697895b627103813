import { createServer, type IncomingMessage } from 'node:http'
import { account, exchangeInfo, FREE_USDT, klines, newOrder, PRICE } from '@/bench/door/answers'
import { openUserStream } from '@/bench/door/user-stream'
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
    const symbol = params.get('symbol') ?? ''
    const quote = params.get('quoteOrderQty') ?? ''
    tell({ symbol, amount: quote, at })
    tellSubscribers({
      ...{ symbol, orderId, clientOrderId: params.get('newClientOrderId') ?? '', time: Date.now() },
      ...{ side: params.get('side') ?? '', type: params.get('type') ?? '', quote, price: PRICE.toFixed(2) },
      ...{ quantity: (+quote / PRICE).toFixed(8), feeAsset: symbol.replace('USDT', '') },
    })
  })
})
const tellSubscribers = openUserStream(server, FREE_USDT.toFixed(8))
server.keepAliveTimeout = 60_000
server.listen(+setting('DOOR_PORT'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
