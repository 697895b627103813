import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { StreamState } from '@/lib/exchanges/market-data-client'
import { ReconnectingSocket, type SocketHandlers, type SocketOptions } from '@/lib/exchanges/ws/reconnecting-socket'

// What private streams need of the socket: first messages with an answer, keep-alives, addresses that must be asked for.

let server: WebSocketServer
let sockets: WebSocket[]
let received: string[][]
let states: StreamState[]
let texts: string[]
let opened: ReconnectingSocket[]

beforeEach(async () => {
  sockets = []
  received = []
  states = []
  texts = []
  opened = []
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false })
  server.on('connection', (socket) => {
    const heard: string[] = []
    sockets.push(socket)
    received.push(heard)
    socket.on('message', (data: Buffer) => heard.push(data.toString()))
  })
  await new Promise((resolve) => server.once('listening', resolve))
})
afterEach(async () => {
  for (const socket of opened) socket.close()
  for (const socket of sockets) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
})

const address = () => `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
const start = (
  handlers: Partial<SocketHandlers>,
  options: SocketOptions = {},
  url: string | (() => Promise<string>) = address(),
) => {
  const all: SocketHandlers = {
    onState: (state) => states.push(state),
    onText: (text) => {
      texts.push(text)
      return undefined
    },
    ...handlers,
  }
  const timings = { backoffMinMs: 10, backoffMaxMs: 40, connectTimeoutMs: 200, stallMs: 5000, ...options.timings }
  const socket = new ReconnectingSocket(url, all, { ...options, timings })
  opened.push(socket)
  return socket
}
const until = async (condition: () => boolean) => {
  for (let i = 0; i < 400 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(condition()).toBe(true)
}
const kinds = () => states.map((state) => state.kind)
const reasons = () => states.flatMap((state) => (state.kind === 'DISCONNECTED' ? [state.reason] : []))
const login: Partial<SocketHandlers> = {
  onOpen: (line) => {
    line.send('login')
  },
  onText: (text, line) => {
    if (text === 'welcome') line.ready()
    else if (text === 'refused') line.fail('the login was refused')
    else texts.push(text)
    return undefined
  },
}

it('is connected only when the exchange accepted the first messages', async () => {
  start(login)
  await until(() => received[0]?.[0] === 'login')
  expect(kinds()).toEqual(['CONNECTING'])
  sockets[0]?.send('welcome')
  await until(() => kinds().includes('CONNECTED'))
  sockets[0]?.send('data')
  await until(() => texts.length === 1)
})

it('tries again, with growing pauses, when the login is refused or not answered or throws', async () => {
  let calls = 0
  start(
    {
      ...login,
      onOpen: (line) => {
        calls += 1
        if (calls === 1) throw new Error('no key')
        line.send('login')
      },
    },
    { timings: { connectTimeoutMs: 50 } },
  )
  await until(() => sockets.length === 2)
  sockets[1]?.send('refused')
  await until(() => sockets.length === 4)
  expect(reasons()).toEqual(['no key', 'the login was refused', 'no answer to the first messages within 50 ms'])
  expect(kinds()).not.toContain('CONNECTED')
})

it('asks for the address anew for each connection', async () => {
  let asked = 0
  start(login, {}, () => {
    asked += 1
    return asked === 1 ? Promise.reject(new Error('no token')) : Promise.resolve(`${address()}/?token=${asked}`)
  })
  await until(() => sockets.length === 1)
  sockets[0]?.terminate()
  await until(() => sockets.length === 2)
  expect(asked).toBe(3)
  expect(reasons()[0]).toBe('no token')
})

it('sends keep-alives, takes their answers for life where silence is normal, and hands them on to nobody', async () => {
  start(
    {},
    {
      timings: { stallMs: 80 },
      keepAlive: { everyMs: 20, text: () => 'ping' },
      mayBeQuiet: true,
      isAnswer: (text) => text === 'pong',
    },
  )
  await until(() => sockets.length === 1)
  const [socket] = sockets
  const answer = (data: Buffer) => {
    if (data.toString() === 'ping') socket?.send('pong')
  }
  socket?.on('message', answer)
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED'])
  expect(texts).toEqual([])
  socket?.off('message', answer)
  await until(() => sockets.length === 2)
})

it('takes pongs for life where silence is normal, and answers for nothing where it is not', async () => {
  start({}, { timings: { stallMs: 80 }, keepAlive: { everyMs: 20 }, mayBeQuiet: true })
  await until(() => sockets.length === 1)
  sockets[0]?.on('ping', () => sockets[0]?.pong())
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(kinds()).toEqual(['CONNECTING', 'CONNECTED'])
  const options = { timings: { stallMs: 80 }, keepAlive: { everyMs: 20, text: () => 'ping' }, isAnswer: () => true }
  start({}, options)
  await until(() => sockets.length === 2)
  sockets[1]?.on('message', () => sockets[1]?.send('pong'))
  await until(() => sockets.length === 3)
})

it('lets the old connection serve until the new one is accepted', async () => {
  start(login, { timings: { renewAfterMs: 60 } })
  await until(() => received[0]?.[0] === 'login')
  sockets[0]?.send('welcome')
  await until(() => received[1]?.[0] === 'login')
  sockets[0]?.send('still here')
  await until(() => texts.length === 1)
  expect(kinds()).not.toContain('RENEWED')
  sockets[1]?.send('welcome')
  await until(() => kinds().includes('RENEWED'))
  await until(() => sockets[0]?.readyState === 3)
  expect(kinds()).not.toContain('DISCONNECTED')
})
