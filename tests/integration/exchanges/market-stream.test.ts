import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { TradePrint } from '@/lib/domain/market/trade-print'
import { AGG_TRADE } from '@/lib/exchanges/binance/fixtures/answers'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'
import { BinanceMarketDataClient } from '@/lib/exchanges/binance/market-data-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import type { StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import type { SocketTimings } from '@/lib/exchanges/ws/reconnecting-socket'

let server: WebSocketServer
let sockets: WebSocket[]
let paths: string[]
let prints: TradePrint[]
let states: StreamState[]
let unreadable: string[]
let open: { handle: StreamHandle; client: BinanceMarketDataClient }[]

beforeEach(async () => {
  sockets = []
  paths = []
  prints = []
  states = []
  unreadable = []
  open = []
  await listen(0)
})
afterEach(async () => {
  for (const { handle, client } of open) {
    handle.close()
    await client.close()
  }
  for (const socket of sockets) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
})

const listen = async (port: number) => {
  server = new WebSocketServer({ host: '127.0.0.1', port })
  server.on('connection', (socket, request) => {
    sockets.push(socket)
    paths.push(request.url ?? '')
  })
  await new Promise((resolve) => server.once('listening', resolve))
}
const start = (timings: Partial<SocketTimings> = {}) => {
  const { port } = server.address() as AddressInfo
  const base = readBaseAddress(`http://127.0.0.1:${port}`, 'http')
  const http = new ExchangeHttp({
    clock: Date.now,
    transport: new HttpTransport(base),
    dialect: BINANCE_DIALECT,
  })
  const client = new BinanceMarketDataClient({
    http,
    streamUrl: `ws://127.0.0.1:${port}/binance`,
    timings: { backoffMinMs: 10, backoffMaxMs: 40, stallMs: 5000, ...timings },
  })
  const handle = client.streamTrades(['BTC/USDT', 'ETH/USDT'], {
    onTrade: (print) => prints.push(print),
    onState: (state) => states.push(state),
    onUnreadable: (_text, reason) => unreadable.push(reason),
  })
  open.push({ handle, client })
  return handle
}
const until = async (condition: () => boolean) => {
  for (let i = 0; i < 400 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(condition()).toBe(true)
}
const kinds = () => states.map((state) => state.kind)
const send = (socket: WebSocket | undefined, a: number) =>
  socket?.send(JSON.stringify({ ...AGG_TRADE, data: { ...AGG_TRADE.data, a } }))

it('asks for the combined stream of its symbols and reads the prints', async () => {
  start()
  await until(() => sockets.length === 1)
  expect(paths).toEqual(['/binance/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade'])
  send(sockets[0], 1)
  sockets[0]?.send('not json')
  sockets[0]?.send(JSON.stringify({ result: null, id: 1 }))
  send(sockets[0], 2)
  await until(() => prints.length === 2)
  expect(prints.map((print) => print.tradeId)).toEqual(['1', '2'])
  expect(unreadable).toHaveLength(2)
})

it('connects again when the connection ends, with growing pauses', async () => {
  start()
  await until(() => sockets.length === 1)
  sockets[0]?.close()
  await until(() => states.length >= 5)
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED', 'DISCONNECTED', 'CONNECTING', 'CONNECTED'])
  send(sockets[1], 3)
  await until(() => prints.length === 1)
  const { port } = server.address() as AddressInfo
  const closing = server
  sockets[1]?.terminate()
  await new Promise((resolve) => closing.close(resolve))
  await until(() => states.filter((state) => state.kind === 'DISCONNECTED').length >= 5)
  const pauses = states.flatMap((state) => (state.kind === 'DISCONNECTED' ? [state.retryInMs] : []))
  expect(Math.max(...pauses)).toBeGreaterThanOrEqual(20)
  expect(Math.max(...pauses)).toBeLessThanOrEqual(40)
  await listen(port)
  await until(() => sockets.length === 3)
})

it('takes silence for a dead line', async () => {
  start({ stallMs: 60 })
  await until(() => sockets.length === 1)
  await until(() => sockets.length === 2)
  const stalled = states.find((state) => state.kind === 'DISCONNECTED')
  expect(stalled?.kind === 'DISCONNECTED' && stalled.reason).toContain('no message')
})

it('answers pings', async () => {
  start()
  await until(() => sockets.length === 1)
  let pongs = 0
  sockets[0]?.on('pong', () => {
    pongs += 1
  })
  sockets[0]?.ping()
  await until(() => pongs === 1)
})

it('renews the connection before its end of life without a gap', async () => {
  start({ renewAfterMs: 50 })
  await until(() => sockets.length === 1)
  send(sockets[0], 1)
  await until(() => kinds().includes('RENEWED'))
  expect(sockets.length).toBeGreaterThanOrEqual(2)
  send(sockets.at(-1), 2)
  await until(() => prints.length === 2)
  expect(kinds()).not.toContain('DISCONNECTED')
})

it('renews at once when the exchange announces its end', async () => {
  start()
  await until(() => sockets.length === 1)
  sockets[0]?.send(JSON.stringify({ e: 'serverShutdown', E: 1 }))
  await until(() => kinds().includes('RENEWED'))
  await until(() => sockets[0]?.readyState === 3)
})

it('is quiet after it was closed', async () => {
  const handle = start()
  // The server knows of a connection before the client does.
  await until(() => kinds().includes('CONNECTED'))
  handle.close()
  handle.close()
  await until(() => sockets[0]?.readyState === 3)
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED', 'CLOSED'])
  expect(sockets).toHaveLength(1)
})
