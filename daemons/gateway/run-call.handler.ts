import { z } from 'zod'
import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { cancelAllAtExchange } from '@/daemons/gateway/cancel-all'
import { asTradingError, type Gateway } from '@/daemons/gateway/commands'
import { lookUp } from '@/daemons/gateway/look-up'
import { allOpenOrders } from '@/daemons/gateway/open-orders'
import { loadMarkets } from '@/daemons/gateway/load-markets'
import { answerCall, type AskedCall, type CallResult, claimCall } from '@/lib/db/gateway-call-repository'
import { findOrder, findRecentSymbols } from '@/lib/db/order-repository'
import { readHoldings } from '@/daemons/gateway/holdings'
import { CALLS, type CallAnswer, type CallKind, type CallRequest, isCallKind } from '@/lib/use-cases/gateway-calls'

const RECENT_MS = 24 * 3_600_000

type Runners = {
  [K in CallKind]: (gateway: Gateway, access: BrokerAccess, request: CallRequest<K>) => Promise<CallAnswer<K>>
}

const RUNNERS: Runners = {
  test_connection: (_, { client, credentials }) => client.testConnection(credentials),
  load_markets: async (gateway, access) => ({ count: await loadMarkets(gateway, access) }),
  get_balance: (_, { client, credentials }) => client.getBalance(credentials),
  get_ticker: (_, { client }, { symbol }) => client.getTicker(symbol),
  get_tickers: (_, { client }, { symbols }) => client.getTickers(symbols),
  get_candles: (_, { client }, range) => client.getCandles(range),
  get_order: async (_, access, target) => {
    const order = 'clientOrderId' in target ? await findOrder(target.clientOrderId) : null
    return order === null || order.brokerId !== access.brokerId
      ? access.client.getOrder(access.credentials, target)
      : lookUp(access, order)
  },
  open_orders: ({ clock }, { brokerId, client, credentials }) =>
    allOpenOrders(client, credentials, () => findRecentSymbols(brokerId, clock() - RECENT_MS)),
  cancel_all: (gateway, access, { symbol }) => cancelAllAtExchange(gateway, access, symbol),
  get_positions: (_, { client, credentials }, { valuedIn }) => readHoldings(client, credentials, valuedIn),
  order_history: (_, { client, credentials }, { symbol, fromTime }) =>
    client.orderHistory(credentials, symbol, fromTime),
  my_trades: (_, { client, credentials }, { symbol, fromTime }) => client.myFills(credentials, symbol, { fromTime }),
  get_transfers: (_, { client, credentials }, { fromTime }) => client.getTransfers(credentials, fromTime),
  get_fees: (_, { client, credentials }, { symbol }) => client.getFees(credentials, symbol),
  capabilities: async ({ desk }, access, { symbol }) =>
    access.client.capabilities(
      access.credentials.accountMode ?? null,
      symbol === undefined ? undefined : await desk.instrument(access, symbol),
    ),
  exchange_state: ({ streamStateOf }, { brokerId, client, credentials }) => {
    const { buckets, inFlight, pausedUntil, ordersHeldUntil } = client.rateState(credentials)
    const { offsetMs, uncertaintyMs } = client.clockState()
    const stream = streamStateOf(brokerId)
    return Promise.resolve({
      buckets,
      inFlight,
      pausedUntil,
      ordersHeldUntil,
      clockOffsetMs: offsetMs,
      clockUncertaintyMs: uncertaintyMs,
      stream,
    })
  },
}

/** Questions that may be asked with keys that are not kept yet. */
const candidateSchema = z.object({
  credentialsSealed: z.string().optional(),
  environment: z.enum(['LIVE', 'TESTNET', 'PAPER']).optional(),
})
const TRYING: readonly CallKind[] = ['test_connection', 'get_balance']

async function answer(gateway: Gateway, row: AskedCall, kind: CallKind): Promise<unknown> {
  const request = CALLS[kind].request.parse(row.request)
  const candidate = TRYING.includes(kind) ? candidateSchema.parse(row.request ?? {}) : {}
  const isTried = kind === 'test_connection' || Object.keys(candidate).length > 0
  const access = isTried
    ? await gateway.desk.openCandidate(row.brokerId, candidate)
    : await gateway.desk.open(row.brokerId)
  // The table pairs each kind with its own request and answer; a union of kinds loses that pairing for the compiler.
  const run = RUNNERS[kind] as (gateway: Gateway, access: BrokerAccess, request: unknown) => Promise<unknown>
  const schema: z.ZodType = CALLS[kind].answer
  return z.encode(schema, await run(gateway, access, request))
}

/** Asks the exchange; what goes wrong is an answer too. */
async function resultOf(gateway: Gateway, call: AskedCall): Promise<CallResult> {
  try {
    if (!isCallKind(call.kind)) throw new Error(`unknown call ${call.kind}`)
    return { status: 'DONE', answer: await answer(gateway, call, call.kind), errorCode: null, error: null }
  } catch (error) {
    const failure = asTradingError(error)
    gateway.log.warn({ callId: call.id, kind: call.kind, code: failure.code, reason: failure.message }, 'call failed')
    return { status: 'FAILED', answer: null, errorCode: failure.code, error: failure.message }
  }
}

/** Answers a question about a broker. One that died half-way may be asked again: all but the cancel of all only read. */
export async function runCall(gateway: Gateway, callId: string): Promise<void> {
  if (gateway.underWay.has(callId)) return
  const row = await claimCall(callId, gateway.clock())
  if (row !== null) await answerCall(callId, await resultOf(gateway, row), gateway.clock())
}

/** The same for one that came whole: nothing is left to read, and the answer settles it. */
export async function runToldCall(gateway: Gateway, call: AskedCall): Promise<void> {
  gateway.underWay.add(call.id)
  try {
    await answerCall(call.id, await resultOf(gateway, call), gateway.clock())
  } finally {
    gateway.underWay.delete(call.id)
  }
}
