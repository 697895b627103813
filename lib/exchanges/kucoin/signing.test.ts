import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { KUCOIN_DIALECT } from '@/lib/exchanges/kucoin/dialect'
import { SPOT } from '@/lib/exchanges/kucoin/limits'
import { authHeaders } from '@/lib/exchanges/kucoin/signing'

const credentials = { apiKey: 'key', apiSecret: 'secret', apiPassphrase: 'phrase' }
const hmac = (text: string) => createHmac('sha256', 'secret').update(text).digest('base64')
const call = { kind: 'READ', lane: 'ACCOUNT', method: 'GET', path: '/api/v1/trade-fees', costs: [] } as const

it('signs the query before it is encoded, and sends it encoded', () => {
  const params = { symbols: 'BTC-USDT,ETH-USDT', none: undefined }
  const request = KUCOIN_DIALECT.prepare({ ...call, params, credentials }, 1700000000123.4)
  expect(request.path).toBe('/api/v1/trade-fees?symbols=BTC-USDT%2CETH-USDT')
  expect(request.headers['KC-API-SIGN']).toBe(hmac('1700000000123GET/api/v1/trade-fees?symbols=BTC-USDT,ETH-USDT'))
  expect(request.headers['KC-API-PASSPHRASE']).toBe(hmac('phrase'))
  expect(request.headers['KC-API-KEY-VERSION']).toBe('3')
})

it('signs the body as it is sent', () => {
  const request = KUCOIN_DIALECT.prepare(
    { ...call, kind: 'COMMAND', method: 'POST', params: {}, json: { size: '1', none: undefined }, credentials },
    1,
  )
  expect(request.body).toBe('{"size":"1"}')
  expect(request.headers['KC-API-SIGN']).toBe(hmac('1POST/api/v1/trade-fees{"size":"1"}'))
})

it('sends nothing without the passphrase', () => {
  const { apiPassphrase: _, ...bare } = credentials
  expect(() => authHeaders(bare, { timestamp: 1, method: 'GET', pathAndQuery: '/', body: '' })).toThrow(
    expect.objectContaining({ code: 'AUTHENTICATION', outcome: 'NOT_SENT' }),
  )
})

it('reads what is left of the pool that the call drew on', () => {
  const headers = { 'gw-ratelimit-limit': '4000', 'gw-ratelimit-remaining': '3990', 'gw-ratelimit-reset': '1200' }
  const usage = KUCOIN_DIALECT.usageOf(headers, { ...call, params: {}, costs: [{ bucket: SPOT, weight: 1 }] })
  expect(usage).toEqual({ SPOT_30S: { limit: 4000, remaining: 3990, resetInMs: 1200 } })
  expect(KUCOIN_DIALECT.usageOf({}, { ...call, params: {}, costs: [{ bucket: SPOT, weight: 1 }] })).toEqual({})
  expect(KUCOIN_DIALECT.retryAfterMsOf?.(headers)).toBe(1200)
})

it('takes a lost read for one that may be repeated, and a lost command for unknown', () => {
  const body = { code: '500000', msg: 'Internal Server Error' }
  const answer = { status: 200, headers: {}, text: '' }
  expect(KUCOIN_DIALECT.refusalOf(answer, body, { ...call, params: {} })).toMatchObject({
    code: 'EXCHANGE_UNAVAILABLE',
    isRetryable: true,
  })
  expect(KUCOIN_DIALECT.refusalOf(answer, body, { ...call, kind: 'COMMAND', params: {} })).toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    outcome: 'UNKNOWN',
  })
})
