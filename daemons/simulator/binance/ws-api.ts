import { z } from 'zod'
import { sleep } from '@/lib/platform/clock'
import type { Connection } from '../connection'
import type { Account } from '../matching/account'
import { BinanceError, toBinanceError } from './errors'
import { Params } from './params'
import type { BinanceProtocol, Call } from './protocol'
import { LIMITS } from './rate-limits'
import { isEd25519 } from './signature'
import type { UserStreams } from './user-streams'

/** Methods that are a REST endpoint under another name. */
const METHODS: Record<string, string> = {
  ping: 'GET /api/v3/ping',
  time: 'GET /api/v3/time',
  exchangeInfo: 'GET /api/v3/exchangeInfo',
  depth: 'GET /api/v3/depth',
  klines: 'GET /api/v3/klines',
  uiKlines: 'GET /api/v3/uiKlines',
  executionRules: 'GET /api/v3/executionRules',
  'trades.historical': 'GET /api/v3/historicalTrades',
  ticker: 'GET /api/v3/ticker',
  'ticker.tradingDay': 'GET /api/v3/ticker/tradingDay',
  myFilters: 'GET /api/v3/myFilters',
  myPreventedMatches: 'GET /api/v3/myPreventedMatches',
  'trades.recent': 'GET /api/v3/trades',
  'trades.aggregate': 'GET /api/v3/aggTrades',
  'ticker.24hr': 'GET /api/v3/ticker/24hr',
  'ticker.price': 'GET /api/v3/ticker/price',
  'ticker.book': 'GET /api/v3/ticker/bookTicker',
  avgPrice: 'GET /api/v3/avgPrice',
  'order.place': 'POST /api/v3/order',
  'order.test': 'POST /api/v3/order/test',
  'order.cancel': 'DELETE /api/v3/order',
  'order.status': 'GET /api/v3/order',
  'order.cancelReplace': 'POST /api/v3/order/cancelReplace',
  'orderList.place.oco': 'POST /api/v3/orderList/oco',
  'orderList.place.oto': 'POST /api/v3/orderList/oto',
  'orderList.place.otoco': 'POST /api/v3/orderList/otoco',
  'orderList.place.opo': 'POST /api/v3/orderList/opo',
  'orderList.place.opoco': 'POST /api/v3/orderList/opoco',
  'order.amend.keepPriority': 'PUT /api/v3/order/amend/keepPriority',
  'order.amendments': 'GET /api/v3/order/amendments',
  'orderList.cancel': 'DELETE /api/v3/orderList',
  'orderList.status': 'GET /api/v3/orderList',
  'openOrderLists.status': 'GET /api/v3/openOrderList',
  'openOrders.status': 'GET /api/v3/openOrders',
  'openOrders.cancelAll': 'DELETE /api/v3/openOrders',
  'account.status': 'GET /api/v3/account',
  'account.commission': 'GET /api/v3/account/commission',
  'account.rateLimits.orders': 'GET /api/v3/rateLimit/order',
  allOrders: 'GET /api/v3/allOrders',
  allOrderLists: 'GET /api/v3/allOrderList',
  myTrades: 'GET /api/v3/myTrades',
}

const requestSchema = z.object({
  id: z.union([z.string(), z.number(), z.null()]).default(null),
  method: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
})

const SUBSCRIPTION_WEIGHT = 2

/** A connection of the WebSocket API; `account` once it is logged on. */
interface Session {
  connection: Connection
  address: string
  connectedSince: number
  authorizedSince: number | null
  account: Account | undefined
  /** Those that end with the session. */
  subscriptions: number[]
}

/** Serves one connection of the WebSocket API. */
export function serveApi(protocol: BinanceProtocol, users: UserStreams, connection: Connection, address: string): void {
  const session: Session = {
    connection,
    address,
    connectedSince: protocol.now(),
    authorizedSince: null,
    account: undefined,
    subscriptions: [],
  }
  // One request after the other: answers leave in the order of the requests.
  let queue = Promise.resolve()
  connection.socket.on('message', (data: Buffer) => {
    queue = queue.then(() => answer(protocol, users, session, data.toString())).catch(protocol.onFault)
  })
}

async function answer(
  protocol: BinanceProtocol,
  users: UserStreams,
  session: Session,
  received: string,
): Promise<void> {
  const { connection, address } = session
  const rateLimits = () => {
    const count = protocol.limits.usedWeight(address, protocol.now())
    return [{ ...LIMITS[0], count }]
  }
  let id: string | number | null = null
  try {
    const request = requestSchema.parse(JSON.parse(received))
    id = request.id
    const latency = protocol.faults.latencyOf(request.method)
    if (latency > 0) await sleep(latency)
    const fault = protocol.faults.next(request.method)
    if (fault.kind === 'RATE_LIMIT') throw new BinanceError(-1003, 'Too much request weight used.', fault.status)
    if (fault.kind === 'STATUS' && !fault.afterExecution)
      throw new BinanceError(-1000, 'An unknown error occurred while processing the request.', 500)
    const values = Object.entries(request.params).map(([name, value]): [string, string] => [
      name,
      Array.isArray(value) ? JSON.stringify(value) : String(value),
    ])
    const result = await run(protocol, users, session, request.method, new Params(new Map(values)))
    if (fault.kind === 'DROP') {
      connection.socket.terminate()
      return
    }
    if (fault.kind === 'STATUS')
      throw new BinanceError(-1000, 'An unknown error occurred while processing the request.', 500)
    const text = JSON.stringify({ id, status: 200, result, rateLimits: rateLimits() })
    connection.send(fault.kind === 'GARBAGE' ? text.slice(0, 12) : text)
  } catch (error) {
    if (!(error instanceof BinanceError) && !protocol.isExpected(error) && !isMalformed(error)) protocol.onFault(error)
    const { code, message, status, data } = isMalformed(error)
      ? new BinanceError(-1135, 'Invalid JSON Request')
      : toBinanceError(error)
    const details = data === undefined ? {} : { data }
    connection.send(JSON.stringify({ id, status, error: { code, msg: message, ...details }, rateLimits: rateLimits() }))
  }
}

const isMalformed = (error: unknown): boolean => error instanceof SyntaxError || error instanceof z.ZodError

async function run(
  protocol: BinanceProtocol,
  users: UserStreams,
  session: Session,
  method: string,
  params: Params,
): Promise<unknown> {
  const { connection, address } = session
  const apiKey = params.text('apiKey')
  params.boolean('returnRateLimits')
  const call: Call = {
    name: METHODS[method] ?? '',
    params,
    apiKey,
    payload: () => params.sorted(),
    address,
    now: protocol.now(),
    session: session.account,
  }
  switch (method) {
    case 'userDataStream.subscribe.signature': {
      protocol.limits.charge(address, SUBSCRIPTION_WEIGHT, call.now)
      const account = protocol.authenticate(call)
      params.finish()
      return { subscriptionId: users.subscribe(connection, account.record.id) }
    }
    case 'userDataStream.subscribe': {
      protocol.limits.charge(address, SUBSCRIPTION_WEIGHT, call.now)
      params.finish()
      if (session.account === undefined)
        throw new BinanceError(-1002, 'You are not authorized to execute this request.', 401)
      const subscriptionId = users.subscribe(connection, session.account.record.id)
      session.subscriptions.push(subscriptionId)
      return { subscriptionId }
    }
    case 'userDataStream.unsubscribe': {
      const id = params.integer('subscriptionId')
      params.finish()
      if (id === undefined) users.unsubscribeAll(connection)
      else if (!users.unsubscribe(connection, id))
        throw new BinanceError(-1130, "Data sent for parameter 'subscriptionId' is not valid.")
      return {}
    }
    case 'session.subscriptions':
      return users.idsOf(connection).map((subscriptionId) => ({ subscriptionId }))
    case 'session.logon': {
      protocol.limits.charge(address, SUBSCRIPTION_WEIGHT, call.now)
      const account = protocol.authenticate({ ...call, session: undefined })
      params.finish()
      if (!isEd25519(account)) throw new BinanceError(-4056, 'HMAC_SHA256 API key is not supported.')
      session.account = account
      session.authorizedSince = call.now
      return sessionShape(session, users, call.now)
    }
    case 'session.logout':
      session.account = undefined
      session.authorizedSince = null
      for (const id of session.subscriptions.splice(0)) users.unsubscribe(connection, id)
      return sessionShape(session, users, call.now)
    case 'session.status':
      return sessionShape(session, users, call.now)
    default:
      if (METHODS[method] === undefined) throw new BinanceError(-1000, `Unknown method: ${method}`)
      return (await protocol.call(call)).result
  }
}

const sessionShape = (session: Session, users: UserStreams, serverTime: number) => ({
  apiKey: session.account?.record.apiKey ?? null,
  authorizedSince: session.authorizedSince,
  connectedSince: session.connectedSince,
  returnRateLimits: true,
  serverTime,
  userDataStream: users.idsOf(session.connection).length > 0,
})
