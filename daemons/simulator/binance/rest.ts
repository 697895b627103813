import type { IncomingMessage } from 'node:http'
import { answerThroughFaults } from '../control/faulty-answer'
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

const limited = (status: 429 | 418, retryAfterSeconds: number): RestAnswer => {
  const text = 'Too much request weight used; please use WebSocket Streams for live updates to avoid polling the API.'
  return failure(new BinanceError(-1003, text, status, { 'Retry-After': String(retryAfterSeconds) }))
}

/** Answers one REST call under `/binance`, or null for a connection to cut. `body` is the raw text of the body. */
export function answerRest(
  protocol: BinanceProtocol,
  request: IncomingMessage,
  pathAndQuery: string,
  body: string,
): Promise<RestAnswer | null> {
  const [path, query] = splitOnce(pathAndQuery, '?')
  const name = `${request.method ?? 'GET'} ${path}`
  return answerThroughFaults(protocol.faults, name, limited, () => execute(protocol, request, name, query, body))
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
