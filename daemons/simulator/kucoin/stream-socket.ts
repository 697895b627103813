import { z } from 'zod'
import type { Connection } from '../connection'
import type { MarketStreams } from './market-streams'
import type { StreamTokens } from './stream-tokens'
import type { UserStreams } from './user-streams'

/** A client that is silent for longer than KuCoin's ping interval and patience together is cut off. */
const PATIENCE_MS = 60_000

const requestSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  type: z.string().optional(),
  topic: z.string().optional(),
  response: z.boolean().optional(),
  /** In place of type and topic on the sockets of unified accounts. */
  action: z.string().optional(),
  channel: z.string().optional(),
  symbol: z.string().optional(),
})
type Request = z.infer<typeof requestSchema>

export interface StreamParts {
  market: MarketStreams
  users: UserStreams
  tokens: StreamTokens
}

/** Serves one connection opened with a token of the bullet endpoints, by its URL's query. */
export function serveStream(parts: StreamParts, connection: Connection, query: URLSearchParams): void {
  const { market, users, tokens } = parts
  const holder = tokens.holderOf(query.get('token') ?? '')
  const send = (message: unknown) => connection.send(JSON.stringify(message))
  const connectId = query.get('connectId') ?? String(Date.now())
  if (holder === undefined) {
    send({ id: connectId, type: 'error', code: 401, data: 'token is invalid' })
    connection.socket.close(1008, 'token is invalid')
    return
  }
  const { accountId } = holder
  let heardAt = performance.now()
  const timer = setInterval(() => {
    if (performance.now() - heardAt > PATIENCE_MS) connection.socket.terminate()
  }, PATIENCE_MS / 4)
  connection.socket.on('close', () => {
    clearInterval(timer)
    market.hub.removeAll(connection)
    users.hub.removeAll(connection)
  })

  const topicsOf = ({ topic = '' }: Request): { hub: 'market' | 'users'; topics: string[] } | undefined => {
    const ownTopic = accountId === null ? undefined : users.topicOf(topic.split(':', 1)[0] ?? '', accountId)
    if (ownTopic !== undefined) return { hub: 'users', topics: [ownTopic] }
    const topics = market.topicsOf(topic)
    return topics === undefined ? undefined : { hub: 'market', topics }
  }
  const listen = (hub: 'market' | 'users', topics: string[], isOn: boolean) => {
    for (const topic of topics) {
      if (isOn) parts[hub].hub.add(topic, connection)
      else parts[hub].hub.remove(topic, connection)
    }
  }

  const answerClassic = (request: Request) => {
    const { id, type, response } = request
    if (type === 'ping') {
      send({ id, type: 'pong', timestamp: Date.now() * 1000 })
      return
    }
    if (type !== 'subscribe' && type !== 'unsubscribe') {
      send({ id, type: 'error', code: 415, data: 'type is not supported' })
      return
    }
    const found = topicsOf(request)
    if (found === undefined) {
      send({ id, type: 'error', code: 404, data: `topic ${request.topic ?? ''} is not found` })
      return
    }
    if (response === true) send({ id, type: 'ack' })
    listen(found.hub, found.topics, type === 'subscribe')
  }

  const answerUnified = ({ id, action, channel = '', symbol }: Request) => {
    const topic = accountId === null ? undefined : users.channelOf(channel, symbol, accountId)
    if (topic === undefined) {
      send({ id, result: false, reason: `unknown channel: ${channel}` })
      return
    }
    send({ id, result: true })
    listen('users', [topic], action !== 'unsubscribe')
  }

  connection.socket.on('message', (data: Buffer) => {
    heardAt = performance.now()
    const parsed = parse(data.toString())
    if (parsed === undefined) send({ type: 'error', code: 400, data: 'message is invalid' })
    else if (parsed.action !== undefined) answerUnified(parsed)
    else answerClassic(parsed)
  })
  send({ id: connectId, type: 'welcome' })
}

const parse = (text: string): Request | undefined => {
  try {
    return requestSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
