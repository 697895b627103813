import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type RunningSimulator, startSimulator } from '../server'
import { control, waitFor } from '../testing/client'

// Bitget's protocol by hand: security, account systems, limits and the streams' own errors.

interface Keys {
  apiKey: string
  apiSecret: string
  apiPassphrase: string
}
interface Answer {
  status: number
  headers: Headers
  code: string
  data: unknown
}

let simulator: RunningSimulator
let classic: Keys
let unified: Keys

const open = async (accountMode: string): Promise<Keys> => {
  const balances = { USDT: '1000', BTC: '1' }
  return (await control(simulator.url, 'POST', '/accounts', { exchange: 'bitget', balances, accountMode }))
    .body as unknown as Keys
}
const sign = (payload: string, secret: string): string => createHmac('sha256', secret).update(payload).digest('base64')

async function call(
  keys: Keys,
  path: string,
  more: { body?: unknown; at?: number; headers?: Record<string, string>; signed?: string } = {},
): Promise<Answer> {
  const method = more.body === undefined ? 'GET' : 'POST'
  const body = more.body === undefined ? '' : JSON.stringify(more.body)
  const at = String(more.at ?? Date.now())
  const response = await fetch(`${simulator.url}/bitget${path}`, {
    method,
    ...(body === '' ? {} : { body }),
    headers: {
      'ACCESS-KEY': keys.apiKey,
      'ACCESS-SIGN': sign(at + method + (more.signed ?? path) + body, keys.apiSecret),
      'ACCESS-TIMESTAMP': at,
      'ACCESS-PASSPHRASE': keys.apiPassphrase,
      'Content-Type': 'application/json',
      ...more.headers,
    },
  })
  const { code, data } = (await response.json()) as { code: string; data: unknown }
  return { status: response.status, headers: response.headers, code, data }
}

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
  })
  classic = await open('CLASSIC')
  unified = await open('UNIFIED')
})
afterAll(() => simulator.close())

const ASSETS = '/api/v2/spot/account/assets'

describe('security', () => {
  it('takes what is signed rightly, demo trading included, and tells what is left of the second', async () => {
    const answer = await call(classic, `${ASSETS}?coin=BTC`, { headers: { paptrading: '1' } })
    expect([answer.status, answer.code]).toEqual([200, '00000'])
    expect(answer.data).toMatchObject([{ coin: 'BTC', available: '1' }])
    expect(Number(answer.headers.get('x-mbx-used-remain-limit'))).toBe(9)
  })

  it('takes a query that was signed before its percent-encoding', async () => {
    const path = `${ASSETS}?coin=B%54C`
    expect((await call(classic, path, { signed: `${ASSETS}?coin=BTC` })).code).toBe('00000')
  })

  it.each([
    ['40037', { 'ACCESS-KEY': 'nobody' }],
    ['40009', { 'ACCESS-SIGN': 'wrong' }],
    ['40012', { 'ACCESS-PASSPHRASE': 'wrong' }],
    ['40005', { 'ACCESS-TIMESTAMP': 'now' }],
    ['40001', { 'ACCESS-KEY': '' }],
    ['40011', { 'ACCESS-PASSPHRASE': '' }],
  ])('refuses with %s', async (code, headers) => {
    const answer = await call(classic, ASSETS, { headers })
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it('refuses what is too old or too early', async () => {
    for (const at of [Date.now() - 31_000, Date.now() + 31_000])
      expect((await call(classic, ASSETS, { at })).code).toBe('40008')
  })

  it('serves a key by its own account system only', async () => {
    expect((await call(unified, ASSETS)).code).toBe('40085')
    expect((await call(classic, '/api/v3/account/settings')).code).toBe('40084')
    expect((await call(unified, '/api/v3/account/settings')).code).toBe('00000')
  })
})

it('limits each endpoint by the second', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => call(classic, '/api/v2/spot/account/info')))
  const codes = answers.map((answer) => answer.code)
  expect(codes).toContain('00000')
  expect(answers.find((answer) => answer.code === '429')?.status).toBe(429)
  expect((await call(classic, '/api/v2/nothing')).status).toBe(404)
})

describe('streams', () => {
  const connect = async (path: string) => {
    const messages: string[] = []
    const socket = new WebSocket(`${simulator.url.replace('http', 'ws')}/bitget${path}`)
    socket.on('message', (data: Buffer) => messages.push(data.toString()))
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    const until = (part: string) => waitFor(() => messages.find((text) => text.includes(part)))
    return { socket, until }
  }
  const login = (keys: Keys, more: Record<string, unknown> = {}) => {
    const timestamp = String(Math.floor(Date.now() / 1000))
    const args = {
      apiKey: keys.apiKey,
      passphrase: keys.apiPassphrase,
      timestamp,
      sign: sign(`${timestamp}GET/user/verify`, keys.apiSecret),
    }
    return JSON.stringify({ op: 'login', args: [{ ...args, ...more }] })
  }

  it('answer text pings, and refuse what they do not have', async () => {
    const { socket, until } = await connect('/v2/ws/public')
    socket.send('ping')
    await until('pong')
    socket.send('nonsense')
    await until('30016')
    socket.send(JSON.stringify({ op: 'subscribe', args: [{ instType: 'SPOT', channel: 'trade', instId: 'NONE' }] }))
    await until('30001')
    socket.send(JSON.stringify({ op: 'dance', args: [{}] }))
    await until('30003')
    socket.terminate()
  })

  it('let nobody in without the right login', async () => {
    const { socket, until } = await connect('/v2/ws/private')
    socket.send(JSON.stringify({ op: 'subscribe', args: [{ instType: 'SPOT', channel: 'orders', instId: 'default' }] }))
    await until('30004')
    for (const [code, text] of [
      ['30011', login(classic, { apiKey: 'nobody' })],
      ['30012', login(classic, { passphrase: 'wrong' })],
      ['30015', login(classic, { sign: 'wrong' })],
      ['30014', login(classic, { timestamp: '1700000000' })],
      ['30005', login(unified)],
    ] as const) {
      socket.send(text)
      await until(code)
    }
    socket.send(login(classic))
    await until('"event":"login"')
    socket.terminate()
  })
})
