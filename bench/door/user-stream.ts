import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'

// The account's stream at the door: whoever subscribes hears of every order what Binance would tell.

interface Report {
  symbol: string
  orderId: number
  clientOrderId: string
  side: string
  type: string
  quantity: string
  quote: string
  price: string
  feeAsset: string
  time: number
}

const events = (report: Report, freeUsdt: string): object[] => [
  {
    ...{ e: 'executionReport', E: report.time, s: report.symbol, c: report.clientOrderId, C: '', S: report.side },
    ...{
      o: report.type,
      f: 'GTC',
      q: report.quantity,
      p: '0.00000000',
      P: '0.00000000',
      g: -1,
      x: 'TRADE',
      X: 'FILLED',
    },
    ...{ i: report.orderId, I: report.orderId, t: report.orderId, T: report.time, O: report.time, m: false },
    ...{ l: report.quantity, z: report.quantity, L: report.price, Y: report.quote, Z: report.quote },
    ...{ n: '0.00000001', N: report.feeAsset },
  },
  {
    ...{ e: 'outboundAccountPosition', E: report.time, u: report.time },
    B: [{ a: 'USDT', f: freeUsdt, l: '0.00000000' }],
  },
]

/** Opens the WebSocket API on the door's port. Answers a function that tells the subscribers of an order. */
export function openUserStream(server: Server, freeUsdt: string): (report: Report) => void {
  const subscribers = new Set<WebSocket>()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string }
      socket.send(JSON.stringify({ id, status: 200, result: { subscriptionId: 0 } }))
      subscribers.add(socket)
    })
    socket.on('close', () => subscribers.delete(socket))
    socket.on('error', () => undefined)
  })
  return (report) => {
    for (const event of events(report, freeUsdt))
      for (const socket of subscribers) socket.send(JSON.stringify({ subscriptionId: 0, event }))
  }
}
