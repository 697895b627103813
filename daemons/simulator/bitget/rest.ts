import type { IncomingMessage } from 'node:http'
import { answerThroughFaults } from '../control/faulty-answer'
import type { RestAnswer } from '../paper-protocol'
import { BitgetError } from './errors'
import type { BitgetProtocol } from './protocol'

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' }

const refusal = ({ code, message, status, headers }: BitgetError, requestTime: number): RestAnswer => ({
  status,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify({ code, msg: message, requestTime, data: null }),
})

/** Answers one REST call under `/bitget`, or null for a connection to cut. `body` is the raw text of the body. */
export function answerRest(
  protocol: BitgetProtocol,
  request: IncomingMessage,
  pathAndQuery: string,
  body: string,
): Promise<RestAnswer | null> {
  const at = pathAndQuery.indexOf('?')
  const path = at < 0 ? pathAndQuery : pathAndQuery.slice(0, at)
  const query = at < 0 ? '' : pathAndQuery.slice(at + 1)
  const method = request.method ?? 'GET'
  const limited = (status: 429 | 418, retryAfterSeconds: number): RestAnswer =>
    refusal(
      new BitgetError('429', 'Too Many Requests', status, { 'Retry-After': String(retryAfterSeconds) }),
      protocol.now(),
    )
  return answerThroughFaults(protocol.faults, `${method} ${path}`, limited, async () => {
    const now = protocol.now()
    try {
      const { headers, socket } = request
      const call = { method, path, query, body, headers, address: socket.remoteAddress ?? '', now }
      const { data, left } = await protocol.call(call)
      return {
        status: 200,
        headers: { ...JSON_TYPE, 'x-mbx-used-remain-limit': String(left) },
        body: JSON.stringify({ code: '00000', msg: 'success', requestTime: now, data }),
      }
    } catch (error) {
      if (error instanceof BitgetError) return refusal(error, now)
      protocol.onFault(error)
      return refusal(new BitgetError('40015', 'System is abnormal, please try again later', 500), now)
    }
  })
}
