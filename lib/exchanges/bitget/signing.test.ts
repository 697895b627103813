import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import type { HttpCall } from '@/lib/exchanges/http/exchange-http'
import { bitgetDialect } from './dialect'
import { costOf } from './limits'
import { sentQuery, signedQuery } from './signing'

const credentials = { apiKey: 'k', apiSecret: 's', apiPassphrase: 'p' }
const costs = costOf('/api/v2/x', 'ACCOUNT', 10)
const sign = (payload: string) => createHmac('sha256', 's').update(payload).digest('base64')

it('sorts a query, signs it raw and sends it encoded', () => {
  const params = { symbol: 'ÄUSDT', limit: '5', none: undefined }
  expect(signedQuery(params)).toBe('?limit=5&symbol=ÄUSDT')
  expect(sentQuery(params)).toBe('?limit=5&symbol=%C3%84USDT')
  expect(signedQuery({})).toBe('')
})

it('signs reads over the query and commands over the body', () => {
  const dialect = bitgetDialect(false)
  const read: HttpCall = {
    kind: 'READ',
    lane: 'ACCOUNT',
    method: 'GET',
    path: '/api/v2/x',
    params: { b: '2', a: '1' },
    costs,
    credentials,
  }
  const get = dialect.prepare(read, 1700000000000)
  expect(get.path).toBe('/api/v2/x?a=1&b=2')
  expect(get.headers).toMatchObject({
    'access-key': 'k',
    'access-passphrase': 'p',
    'access-timestamp': '1700000000000',
    'access-sign': sign('1700000000000GET/api/v2/x?a=1&b=2'),
  })
  const post = dialect.prepare(
    { ...read, kind: 'COMMAND', method: 'POST', params: {}, json: { symbol: 'BTCUSDT', price: undefined } },
    1700000000000,
  )
  expect(post.body).toBe('{"symbol":"BTCUSDT"}')
  expect(post.headers['access-sign']).toBe(sign('1700000000000POST/api/v2/x{"symbol":"BTCUSDT"}'))
  expect(post.headers['paptrading']).toBeUndefined()
  expect(bitgetDialect(true).prepare(read, 1).headers['paptrading']).toBe('1')
  expect(() => dialect.prepare({ ...read, credentials: { apiKey: 'k', apiSecret: 's' } }, 1)).toThrow('passphrase')
})

it('takes over what is left of the second', () => {
  const call: HttpCall = { kind: 'READ', lane: 'ACCOUNT', method: 'GET', path: '/api/v2/x', params: {}, costs }
  expect(bitgetDialect(false).usageOf({ 'x-mbx-used-remain-limit': '7' }, call)).toEqual({
    '/api/v2/x': { remaining: 7, resetInMs: 1000 },
  })
  expect(bitgetDialect(false).usageOf({}, call)).toEqual({})
})
