import { z } from 'zod'
import type { Connection } from '../connection'
import type { StreamHub, Subscriber } from './stream-hub'
import { parseStream } from './stream-name'

const requestSchema = z.object({
  method: z.string(),
  params: z.array(z.union([z.string(), z.boolean()])).optional(),
  id: z.union([z.number(), z.string(), z.null()]).optional(),
})

const MAX_STREAMS = 1024
/** Binance cuts a client that sends more than five messages a second. */
const MAX_MESSAGES = 5
/** A client that subscribes in many small steps at its start is let through. */
const GRACE_MESSAGES = 50

/** Streams named by the address: `/ws/a/b`, `/ws`, or `/stream?streams=a/b`. Null for an address that is none of these. */
export function streamsOf(path: string, query: string): { streams: string[]; isCombined: boolean } | null {
  if (path === '/stream') {
    const names = new URLSearchParams(query).get('streams') ?? ''
    return { streams: names === '' ? [] : names.split('/'), isCombined: true }
  }
  if (path === '/ws' || path === '/ws/') return { streams: [], isCombined: false }
  return path.startsWith('/ws/') ? { streams: path.slice(4).split('/').filter(isStream), isCombined: false } : null
}

const isStream = (name: string): boolean => parseStream(name) !== null

/** Serves one connection of the market streams. */
export function serveStreams(hub: StreamHub, connection: Connection, names: string[], isCombined: boolean): void {
  const subscriber: Subscriber = { connection, streams: new Set(names.filter(isStream)), isCombined }
  let second = 0
  let messages = 0
  hub.add(subscriber)
  connection.socket.on('close', () => hub.remove(subscriber))
  connection.socket.on('message', (data: Buffer) => {
    const now = Math.floor(performance.now() / 1000)
    messages = now === second ? messages + 1 : 1
    second = now
    if (messages > MAX_MESSAGES + GRACE_MESSAGES) {
      connection.socket.close(1008, 'Too many requests')
      return
    }
    connection.send(JSON.stringify(answer(hub, subscriber, data.toString())))
  })
}

const refusal = (code: number, msg: string, id: unknown = null) => ({ error: { code, msg }, id })

function answer(hub: StreamHub, subscriber: Subscriber, text: string): unknown {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return refusal(3, 'Invalid JSON: expected value at line 1 column 1')
  }
  const request = requestSchema.safeParse(parsed)
  if (!request.success) return refusal(2, 'Invalid request: request is malformed')
  const { method, params = [], id = null } = request.data
  const names = params.filter((param) => typeof param === 'string')
  switch (method) {
    case 'SUBSCRIBE': {
      const wrong = names.find((name) => !isStream(name))
      if (wrong !== undefined) return refusal(2, `Invalid request: invalid stream`, id)
      if (subscriber.streams.size + names.length > MAX_STREAMS)
        return refusal(2, 'Invalid request: too many streams', id)
      // The answer comes before the first message of the streams.
      setImmediate(() => names.forEach((name) => hub.listen(subscriber, name)))
      return { result: null, id }
    }
    case 'UNSUBSCRIBE':
      for (const name of names) hub.unlisten(subscriber, name)
      return { result: null, id }
    case 'LIST_SUBSCRIPTIONS':
      return { result: [...subscriber.streams], id }
    case 'SET_PROPERTY':
      if (params[0] === 'combined' && typeof params[1] === 'boolean') subscriber.isCombined = params[1]
      return { result: null, id }
    case 'GET_PROPERTY':
      return { result: subscriber.isCombined, id }
    default:
      return refusal(2, `Invalid request: unknown variant \`${method}\``, id)
  }
}
