import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { type Installation, openInstallation } from '../../support/installation'

// Who may knock, how often, with how much, and packed in what: asked of a receiver over real sockets.

let installation: Installation
let token: string

interface Knock {
  body: string | Buffer
  headers?: Record<string, string>
  /** The sender's own address: all of 127.0.0.0/8 is this host. */
  from?: string
}

function knock({
  body,
  headers = {},
  from = '127.0.0.1',
}: Knock): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: installation.env['RECEIVER_PORT'],
        path: `/webhooks/${token}`,
        method: 'POST',
        localAddress: from,
        headers: { 'content-length': Buffer.byteLength(body), ...headers },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] }))
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}
const statusOf = async (knocking: Knock): Promise<number> => (await knock(knocking)).status

const ping = (source: string): string => JSON.stringify({ Action: 'PING', IndicateurName: source })
const stored = async (source: string): Promise<number> =>
  (await installation.query('SELECT 1 FROM webhooks WHERE source = $1', [source])).length
const lastReason = async (): Promise<string | null> =>
  (await installation.query<{ reason: string | null }>('SELECT reason FROM webhooks ORDER BY id DESC LIMIT 1'))[0]
    ?.reason ?? null

async function restart(settings: Record<string, string>): Promise<void> {
  await installation.kill('receiver')
  await installation.start('receiver', settings)
}

beforeAll(async () => {
  installation = await openInstallation('door')
  const user = await signUp({ name: 'door', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  token = await issueWebhookToken(user.userId)
  await installation.start('receiver')
}, 60_000)
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('what is in the body', () => {
  it('is unpacked, with or without the header, whatever its content type', async () => {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'image/png' }
    expect(await statusOf({ body: gzipSync(ping('packed')), headers })).toBe(200)
    expect(await statusOf({ body: gzipSync(`\uFEFF${ping('packed')}`) })).toBe(200)
    // A proxy unpacked it and left the header.
    expect(await statusOf({ body: ping('packed'), headers })).toBe(200)
    expect(await stored('packed')).toBe(3)
  })

  it('is kept with the reason when it is damaged, or packed in another way', async () => {
    const packed = gzipSync(ping('damaged'))
    expect(await statusOf({ body: packed.subarray(0, packed.length - 12) })).toBe(400)
    expect(await lastReason()).toBe('The message is damaged: it cannot be unpacked.')
    expect(await statusOf({ body: 'x', headers: { 'content-encoding': 'br' } })).toBe(400)
    expect(await lastReason()).toBe('The message is packed as br, only gzip is understood.')
  })

  it('is refused when it is too large, packed or not', async () => {
    const [before] = await installation.query('SELECT count(*) AS n FROM webhooks')
    expect(await statusOf({ body: ' '.repeat(64 * 1024 + 1) })).toBe(413)
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    expect(bomb.length).toBeLessThan(64 * 1024)
    expect(await statusOf({ body: bomb })).toBe(413)
    expect(await installation.query('SELECT count(*) AS n FROM webhooks')).toEqual([before])
    expect(await statusOf({ body: ping('still here') })).toBe(200)
  })

  it('is kept whatever its fields hold: nothing that is accepted is refused by the database', async () => {
    const odd = [
      '{"Action":"PING","IndicateurName":"odd","Prix":1e17,"PourCent":0.1234567890123456789,"BarTime":"2099-12-31"}',
      '{"Action":"PING","IndicateurName":"odd","x":"\\ud83d","y":"\\u0000","Symbol":"\\u0000\\ud83d"}',
      JSON.stringify({
        Action: 'PING',
        IndicateurName: 'odd',
        x: '\\u0000',
        Symbol: '😀'.repeat(32),
        Interval: '😀'.repeat(32),
      }),
    ]
    for (const body of odd) expect([body, await statusOf({ body })]).toEqual([body, 200])
    expect(await stored('odd')).toBe(3)
    for (const field of ['Symbol', 'IndicateurName', 'Interval', 'Currency', 'UserID', 'Exchange'])
      expect(await statusOf({ body: JSON.stringify({ Action: 'PING', [field]: 'x'.repeat(5000) }) })).toBe(400)
  })
})

describe('how often', () => {
  it('forty alerts on one bar pass; of a flood the rest hears when to come back, and what was accepted is kept', async () => {
    await restart({ WEBHOOK_BURST: '60', WEBHOOK_PER_MINUTE: '60' })
    const knocks = async (count: number, source: string) =>
      Promise.all(Array.from({ length: count }, () => knock({ body: ping(source) })))
    expect((await knocks(40, 'bar')).map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200))
    const flood = await knocks(200, 'flood')
    const accepted = flood.filter(({ status }) => status === 200).length
    const refused = flood.filter(({ status }) => status === 429)
    expect(accepted).toBeGreaterThanOrEqual(20)
    expect(accepted).toBeLessThan(30)
    expect(accepted + refused.length).toBe(200)
    expect(new Set(refused.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']))
    expect([await stored('bar'), await stored('flood')]).toEqual([40, accepted])
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect(await statusOf({ body: ping('again') })).toBe(200)
  })
})

describe('from where', () => {
  it('only the listed addresses are let in, by the socket and by nothing that the client says', async () => {
    await restart({ WEBHOOK_ALLOWED_ADDRESSES: '127.0.0.5,tradingview' })
    const headers = { 'x-forwarded-for': '52.89.214.238' }
    expect(await statusOf({ body: ping('listed'), from: '127.0.0.5' })).toBe(200)
    expect(await statusOf({ body: ping('stranger') })).toBe(403)
    expect(await statusOf({ body: ping('stranger'), headers })).toBe(403)
    expect([await stored('listed'), await stored('stranger')]).toEqual([1, 0])
  })

  it('a proxy named as trusted is believed, but only what it appended itself', async () => {
    await restart({ WEBHOOK_ALLOWED_ADDRESSES: 'tradingview', WEBHOOK_TRUSTED_PROXIES: '127.0.0.9' })
    const through = (forwarded: string, from = '127.0.0.9') =>
      statusOf({ body: ping('proxied'), from, headers: { 'x-forwarded-for': forwarded } })
    expect(await through('34.212.75.30')).toBe(200)
    expect(await through('6.6.6.6, 34.212.75.30')).toBe(200)
    expect(await through('34.212.75.30, 127.0.0.9')).toBe(200)
    expect(await through('34.212.75.30, 6.6.6.6')).toBe(403)
    expect(await through('34.212.75.30', '127.0.0.1')).toBe(403)
    expect(await through('rubbish')).toBe(403)
    expect(await stored('proxied')).toBe(3)
  })
})
