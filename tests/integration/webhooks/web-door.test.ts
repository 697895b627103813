import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { receiveWebhook } from '@/lib/use-cases/receive-webhook'
import { webBus } from '@/lib/use-cases/web-bus'
import { type Installation, openInstallation, until } from '../../support/installation'

// The web application's own door, with a receiver beside it and without.

let installation: Installation
let token: string

const ping = (source: string): string => JSON.stringify({ Action: 'PING', IndicateurName: source })
async function* chunks(body: string) {
  yield await Promise.resolve(Buffer.from(body))
}
const knockAtWeb = async (source: string): Promise<number> =>
  (
    await receiveWebhook({
      token,
      socketAddress: '127.0.0.1',
      forwardedFor: null,
      contentEncoding: null,
      body: chunks(ping(source)),
      receivedAt: Date.now(),
    })
  ).httpStatus
const knockAtReceiver = async (source: string): Promise<number> => {
  const url = `http://127.0.0.1:${installation.env['RECEIVER_PORT'] ?? ''}/webhooks/${token}`
  return (await fetch(url, { method: 'POST', body: ping(source) })).status
}
const stored = async (): Promise<string[]> =>
  (await installation.query<{ source: string }>('SELECT source FROM webhooks ORDER BY id')).map(({ source }) => source)
const spooled = (): string[] => {
  try {
    return readdirSync(join(installation.env['DATA_DIR'] ?? '', 'receiver', 'spool'))
  } catch {
    return []
  }
}

/** The database answers nobody who wants to store a webhook meanwhile. */
async function whileSlow(work: () => Promise<void>): Promise<void> {
  const db = new pg.Client(installation.databaseUrl)
  await db.connect()
  await db.query('BEGIN')
  await db.query('LOCK TABLE webhooks IN ACCESS EXCLUSIVE MODE')
  await work()
  await db.query('COMMIT')
  await db.end()
}

beforeAll(async () => {
  installation = await openInstallation('web_door')
  const user = await signUp({ name: 'web-door', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  token = await issueWebhookToken(user.userId)
})
beforeEach(() => installation.query('DELETE FROM webhooks'))
afterAll(async () => {
  await webBus().bus.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

it('what it kept on disk is stored although no receiver runs', async () => {
  await whileSlow(async () => {
    expect(await knockAtWeb('slow')).toBe(200)
    expect(spooled()).toHaveLength(1)
  })
  expect([await knockAtWeb('behind'), await knockAtWeb('last')]).toEqual([200, 200])
  await until(async () => (await stored()).length === 3, 5000, 'all three stored')
  expect(await stored()).toEqual(['slow', 'behind', 'last'])
  await until(() => Promise.resolve(spooled().length === 0), 3000, 'an empty spool')
})

it('with a receiver beside it each body is stored once, and later ones come after earlier ones', async () => {
  await installation.start('receiver')
  const slow = Array.from({ length: 20 }, (_, n) => `slow ${n}`)
  await whileSlow(async () => {
    const answers = await Promise.all(slow.map((source, n) => (n % 2 === 0 ? knockAtWeb : knockAtReceiver)(source)))
    expect(answers).toEqual(slow.map(() => 200))
    expect(spooled()).toHaveLength(20)
  })
  const later = Array.from({ length: 60 }, (_, n) => `later ${n}`)
  for (const [n, source] of later.entries())
    expect(await (n % 2 === 0 ? knockAtWeb : knockAtReceiver)(source)).toBe(200)
  await until(async () => (await stored()).length >= 80, 10_000, 'all stored')
  await until(() => Promise.resolve(spooled().length === 0), 5000, 'an empty spool')
  const sources = await stored()
  expect(sources.slice(0, 20).sort()).toEqual([...slow].sort())
  expect(sources.slice(20)).toEqual(later)
})
