import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { setting, tell } from '@/bench/role'

// Plays an exchange's combined stream of aggregated trades: as many messages as asked for, as fast as the socket takes them.
// It writes WebSocket frames itself, five hundred at a time: on a small machine a library's cost per message would be taken
// from the processes that are measured.

const order = z.object({ to: z.enum(['heartbeat', 'counter']), count: z.number() })
const FRAMES_AT_ONCE = 500
const HIGH_WATER_BYTES = 4_000_000
/** RFC 6455, 1.3. */
const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

interface Stream {
  socket: Duplex
  symbols: string[]
  nextId: number
}
const streams = new Map<string, Stream>()

/** A text frame of 126 to 65,535 bytes of ASCII, as a Latin-1 string. */
const frameOf = (text: string): string =>
  `\x81\x7e${String.fromCharCode(text.length >> 8)}${String.fromCharCode(text.length & 255)}${text}`

function messageOf(stream: Stream, index: number, now: number): string {
  const symbol = stream.symbols[index % stream.symbols.length] ?? ''
  const id = Math.floor(index / stream.symbols.length) + stream.nextId
  const price = `${100 + (index % 97)}.${10 + (index % 89)}`
  return `{"stream":"${symbol.toLowerCase()}@aggTrade","data":{"e":"aggTrade","E":${now},"s":"${symbol}","a":${id},"p":"${price}","q":"0.${1 + (index % 999)}","f":${id},"l":${id},"T":${now},"m":${index % 2 === 0},"M":true}}`
}

async function send(stream: Stream, count: number): Promise<void> {
  const whole = count - (count % stream.symbols.length)
  for (let index = 0; index < whole; ) {
    const now = Date.now()
    let frames = ''
    for (const end = Math.min(index + FRAMES_AT_ONCE, whole); index < end; index++)
      frames += frameOf(messageOf(stream, index, now))
    stream.socket.write(frames, 'latin1')
    while (stream.socket.writableLength > HIGH_WATER_BYTES) await turn()
    await turn()
  }
  stream.nextId += whole / stream.symbols.length
}

const server = createServer()
server.on('upgrade', (request, socket: Duplex) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key'] ?? ''}${HANDSHAKE}`)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.on('error', () => socket.destroy())
  // What the other side sends (pings, its good-bye) is read and left unanswered.
  socket.resume()
  const names = new URL(request.url ?? '', 'http://stream').searchParams.get('streams') ?? ''
  const name = request.url?.startsWith('/counter') === true ? 'counter' : 'heartbeat'
  const symbols = names.split('/').map((each) => each.split('@')[0]?.toUpperCase() ?? '')
  streams.set(name, { socket, symbols, nextId: 1 })
  tell({ connected: name })
})
process.on('message', (message) => {
  const { to, count } = order.parse(message)
  const stream = streams.get(to)
  if (stream !== undefined) void send(stream, count)
})
server.listen(+setting('MARKET_PORT'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
