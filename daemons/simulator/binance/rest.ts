import type { IncomingMessage } from 'node:http'
import { sleep } from '@/lib/platform/clock'
import type { RequestFault } from '../control/faults'
import type { RestAnswer } from '../paper-protocol'
import type { BinanceProtocol } from './protocol'
import { BinanceError, toBinanceError } from './errors'
import { Params } from './params'
import { signedPayload } from './signature'

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' }

const failure = (error: BinanceError, headers: Record<string, string> = {}): RestAnswer => ({
  status: error.status,
  headers: { ...JSON_TYPE, ...headers, ...error.headers },
  body: JSON.stringify({
    code: error.code,
    msg: error.message,
    ...(error.data === undefined ? {} : { data: error.data }),
  }),
})

/** What a switched-on fault answers instead of the exchange; undefined when the request goes through. */
function faultAnswer(fault: RequestFault): RestAnswer | undefined {
  switch (fault.kind) {
    case 'GARBAGE':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>502 Bad Gateway {"orderId":' }
    case 'STATUS':
      return {
        status: fault.status,
        headers: { 'content-type': 'text/html' },
        body: `<html><body>${fault.status}</body></html>`,
      }
    case 'RATE_LIMIT': {
      const text =
        'Too much request weight used; please use WebSocket Streams for live updates to avoid polling the API.'
      return failure(new BinanceError(-1003, text, fault.status, { 'Retry-After': String(fault.retryAfterSeconds) }))
    }
    case 'NONE':
    case 'DROP':
      return undefined
  }
}

const isBefore = (fault: RequestFault): boolean =>
  fault.kind === 'RATE_LIMIT' || (fault.kind === 'STATUS' && !fault.afterExecution)

/** Answers one REST call under `/binance`, or null for a connection to cut. `body` is the raw text of the body. */
export async function answerRest(
  protocol: BinanceProtocol,
  request: IncomingMessage,
  pathAndQuery: string,
  body: string,
): Promise<RestAnswer | null> {
  const [path, query] = splitOnce(pathAndQuery, '?')
  const name = `${request.method ?? 'GET'} ${path}`
  const latency = protocol.faults.latencyOf(name)
  if (latency > 0) await sleep(latency)
  const fault = protocol.faults.next(name)
  const instead = faultAnswer(fault)
  if (instead !== undefined && isBefore(fault)) return instead
  const answer = await execute(protocol, request, name, query, body)
  return fault.kind === 'DROP' ? null : (instead ?? answer)
}

async function execute(
  protocol: BinanceProtocol,
  request: IncomingMessage,
  name: string,
  query: string,
  body: string,
): Promise<RestAnswer> {
  const address = request.socket.remoteAddress ?? ''
  const now = protocol.now()
  const headers: Record<string, string> = { ...JSON_TYPE }
  try {
    const key = request.headers['x-mbx-apikey']
    const call = {
      name,
      params: Params.of(query, body),
      apiKey: Array.isArray(key) ? key[0] : key,
      payload: () => signedPayload(query, body),
      address,
      now,
    }
    const { result, account, counted } = await protocol.call(call)
    headers['X-MBX-USED-WEIGHT-1M'] = headers['X-MBX-USED-WEIGHT'] = String(protocol.limits.usedWeight(address, now))
    if (account !== undefined && counted) {
      const counts = protocol.limits.orderCounts(account.record.id, now)
      headers['X-MBX-ORDER-COUNT-10S'] = String(counts.tenSeconds)
      headers['X-MBX-ORDER-COUNT-1D'] = String(counts.day)
    }
    return { status: 200, headers, body: JSON.stringify(result) }
  } catch (error) {
    if (!(error instanceof BinanceError) && !protocol.isExpected(error)) protocol.onFault(error)
    return failure(toBinanceError(error), { 'X-MBX-USED-WEIGHT-1M': String(protocol.limits.usedWeight(address, now)) })
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
