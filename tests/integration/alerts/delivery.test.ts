import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { queueAlert } from '@/lib/db/alert-outbox-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { resealAll } from '@/lib/db/reseal'
import { inTransaction } from '@/lib/db/transaction'
import { ALERT_KINDS, type AlertKind } from '@/lib/domain/alert/alert'
import { createLogger } from '@/lib/platform/logger'
import { parseEnv } from '@/lib/platform/env'
import { unseal } from '@/lib/platform/vault'
import { listChannels, removeChannel, saveChannel, tryChannel } from '@/lib/use-cases/alert-channels'
import { createAlertSender, watchAlerts } from '@/lib/use-cases/deliver-alerts'
import { type AlertServices, openAlertServices } from '../../support/alert-services'
import { type Installation, openInstallation } from '../../support/installation'

// The way of alerts from the outbox to local stand-ins of both services, on real PostgreSQL and real sockets, by a clock of
// the test's own.

const SECRET = 'AbCdEf-hIjKlMnOpQrStUvWxYz0123456789_AbCdEfGhIjKlMnOpQrStUvWxYz01234'
const WEBHOOK = `https://discord.com/api/webhooks/123456789012345678/${SECRET}`
const BOT = '123456789:AAabcdefghijklmnopqrstuvwxyz0123456'
const SECOND = 1000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

let installation: Installation
let services: AlertServices
let userId: string
let now: number
let number = 0

const newSender = () =>
  createAlertSender({
    services,
    publicAddress: 'https://bot.example.org',
    clock: () => now,
    log: createLogger('test', 'silent'),
  })
let sender = newSender()
const watch = () => watchAlerts({ clock: () => now, log: createLogger('test', 'silent') })

/** Sends what is due `afterMs` from now, and answers what came in by it. */
async function sendAfter(afterMs: number): Promise<string[]> {
  now += afterMs
  const before = services.received.length
  await sender.sendDue()
  await sender.settled()
  return services.received.slice(before).map(({ text }) => text)
}
const queue = (symbol: string, kind: AlertKind = 'MARKET', user: string | null = userId) =>
  inTransaction((tx) =>
    queueAlert(tx, { userId: user, kind: kind as 'MARKET', detail: { code: symbol }, occurredAt: now }, now),
  )

async function add(
  service: 'DISCORD' | 'TELEGRAM',
  name = service.toLowerCase(),
  kinds: AlertKind[] = [...ALERT_KINDS],
) {
  const address = service === 'DISCORD' ? { webhookUrl: WEBHOOK } : { botToken: BOT, chatId: '-100123' }
  const saved = await saveChannel(userId, { service, name, kinds, isActive: true, ...address })
  if (!saved.isDone) throw new Error(saved.reason)
  return saved.id
}
const channel = async (name: string) => (await listChannels(userId, now)).find((one) => one.name === name)
const newUser = async (): Promise<string> => {
  const user = await signUp({ name: `reader-${number++}`, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  return user.userId
}

beforeAll(async () => {
  services = await openAlertServices()
  installation = await openInstallation('delivery', {
    ALERT_DISCORD_URL: services.discord,
    ALERT_TELEGRAM_URL: services.telegram,
  })
})
beforeEach(async () => {
  await installation.query('DELETE FROM users')
  services.received.length = 0
  services.recover()
  userId = await newUser()
  now = Date.now()
  sender = newSender()
})
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
  await services.close()
})

it('takes only addresses of the services, keeps them sealed, and leaves others’ channels alone', async () => {
  const ask = (change: object) =>
    saveChannel(userId, { service: 'DISCORD', name: 'x', kinds: [], isActive: true, ...change })
  for (const webhookUrl of [
    '',
    'http://127.0.0.1/',
    services.discord,
    WEBHOOK.replace('https', 'http'),
    `${WEBHOOK}/github`,
  ])
    expect(await ask({ webhookUrl })).toEqual({ isDone: false, reason: 'DISCORD_ADDRESS' })
  expect(await ask({ service: 'TELEGRAM', botToken: BOT, chatId: '' })).toMatchObject({ reason: 'TELEGRAM_ADDRESS' })
  expect(await ask({ webhookUrl: WEBHOOK, name: ' ' })).toMatchObject({ reason: 'INPUT' })
  expect(await ask({ webhookUrl: WEBHOOK, kinds: ['EVERYTHING'] })).toMatchObject({ reason: 'INPUT' })
  const id = await add('DISCORD', 'mine')
  expect(await ask({ webhookUrl: WEBHOOK, name: 'mine' })).toMatchObject({ reason: 'NAME_TAKEN' })
  const stored = JSON.stringify(await installation.query('SELECT * FROM alert_channels'))
  expect(stored).not.toContain(SECRET)
  expect(JSON.stringify(await listChannels(userId, now))).not.toContain(SECRET)
  const stranger = await newUser()
  expect(await listChannels(stranger, now)).toEqual([])
  expect(await removeChannel(stranger, id)).toMatchObject({ isDone: false })
  expect(await tryChannel({ id: stranger, locale: 'fr' }, id, now)).toMatchObject({ reason: 'CHANNEL_UNKNOWN' })
  const asStranger = {
    id,
    service: 'DISCORD' as const,
    name: 'theirs',
    kinds: [],
    isActive: false,
    webhookUrl: WEBHOOK,
  }
  expect(await saveChannel(stranger, asStranger)).toMatchObject({ reason: 'CHANNEL_UNKNOWN' })
  for (let more = 1; more < 10; more += 1) await add('DISCORD', `more ${more}`)
  expect(await ask({ webhookUrl: WEBHOOK, name: 'eleventh' })).toMatchObject({ reason: 'LIMIT' })
  expect(services.received).toEqual([])
})

it('stand-ins are taken on this machine only', () => {
  const settings = { DATABASE_URL: 'postgresql://x', SECRET_KEY: 'x'.repeat(32) }
  expect(parseEnv(settings).ALERT_DISCORD_URL).toBe('https://discord.com')
  expect(parseEnv({ ...settings, ALERT_TELEGRAM_URL: 'http://127.0.0.1:99/' }).ALERT_TELEGRAM_URL).toBe(
    'http://127.0.0.1:99',
  )
  for (const elsewhere of [
    'http://discord.com',
    'https://example.org',
    'http://10.0.0.1',
    'http://127.0.0.1.example.org',
  ])
    expect(() => parseEnv({ ...settings, ALERT_DISCORD_URL: elsewhere })).toThrow('ALERT_DISCORD_URL')
})

it('what was rolled back is not told; what happened together goes out as one message, once', async () => {
  await add('DISCORD')
  await inTransaction(async (tx) => {
    await queueAlert(tx, { userId, kind: 'MARKET', detail: { code: 'NEVER' }, occurredAt: now }, now)
    throw new Error('rolled back')
  }).catch(() => undefined)
  await queue('ONE')
  await queue('TWO')
  expect(await sendAfter(2900)).toEqual([])
  await queue('THREE')
  const [text, ...others] = await sendAfter(100)
  expect(others).toEqual([])
  expect(text?.split('\n').map((line) => line.split('\u00a0: ')[1] ?? line.split(' · ')[1])).toEqual([
    '3 alertes',
    'ONE',
    'TWO',
    'THREE',
    undefined,
  ])
  expect(text).toContain('https://bot.example.org/heartbeat')
  expect(services.received[0]?.body).toMatchObject({ allowed_mentions: { parse: [] } })
  expect(await sendAfter(HOUR)).toEqual([])
  expect(await channel('discord')).toMatchObject({ state: 'OK', waiting: 0, lastDeliveredAt: now - HOUR })
})

it('twenty senders at once send it once', async () => {
  await add('DISCORD')
  await add('TELEGRAM')
  for (let alert = 0; alert < 20; alert += 1) await queue(`A${alert}`)
  now += 3 * SECOND
  const senders = Array.from({ length: 20 }, newSender)
  await Promise.all(senders.map((one) => one.sendDue()))
  await Promise.all(senders.map((one) => one.settled()))
  expect(services.received.map(({ service }) => service).sort()).toEqual(['DISCORD', 'TELEGRAM'])
})

it('each channel hears what its switches say; one in pause hears nothing; everyone hears of the machine', async () => {
  await add('DISCORD', 'all')
  await add('TELEGRAM', 'floods', ['WEBHOOK_FLOOD'])
  const paused = await add('DISCORD', 'paused')
  await saveChannel(userId, {
    id: paused,
    service: 'DISCORD',
    name: 'paused',
    kinds: [...ALERT_KINDS],
    isActive: false,
  })
  await queue('ONE')
  await queue('TWO', 'MARKET', null)
  await queue('OTHER', 'MARKET', await newUser())
  await sendAfter(3 * SECOND)
  expect(services.received.map(({ service }) => service)).toEqual(['DISCORD'])
  expect(services.received[0]?.text).toContain('2 alertes')
  await queue('', 'WEBHOOK_FLOOD')
  await sendAfter(3 * SECOND)
  expect(services.received.map(({ service }) => service).sort()).toEqual(['DISCORD', 'DISCORD', 'TELEGRAM'])
})

it('speaks the user’s language, in the user’s time zone', async () => {
  await add('TELEGRAM')
  await installation.query("UPDATE users SET locale = 'en', time_zone = 'Asia/Tokyo'")
  now = Date.parse('2026-11-22T13:04:05Z')
  await queue('HEARTBEAT_INCOHERENT')
  expect((await sendAfter(3 * SECOND))[0]).toContain('22:04:05  Market stream: candles not coherent')
})

it.each([
  [
    'DISCORD',
    { status: 429, body: { message: 'You are being rate limited.', retry_after: 2.345, global: false } },
    2345,
  ],
  ['TELEGRAM', { status: 429, body: { ok: false, error_code: 429, parameters: { retry_after: 7 } } }, 7000],
  ['DISCORD', { status: 429, headers: { 'retry-after': '90' } }, 90_000],
] as const)('%s asks for a pause, and is left alone to the millisecond: %j', async (service, answer, waitMs) => {
  const id = await add(service)
  services.script(service, answer)
  await queue('ONE')
  await sendAfter(3 * SECOND)
  await queue('TWO')
  expect(await tryChannel({ id: userId, locale: 'fr' }, id, now)).toEqual({
    isDone: false,
    reason: 'WAIT',
    seconds: Math.ceil(waitMs / 1000),
  })
  expect(await sendAfter(waitMs - 1)).toEqual([])
  expect(await channel(service.toLowerCase())).toMatchObject({ state: 'RETRYING', waiting: 2 })
  // The same message again, which was not taken; what came meanwhile goes after it.
  const [first, second, ...none] = [...(await sendAfter(1)), ...(await sendAfter(3 * SECOND))]
  expect(none).toEqual([])
  expect(first).toBe(services.received[0]?.text)
  expect(first).not.toContain('peut-être')
  expect(second).toContain('TWO')
})

it('an error of the service, a lost answer: sent again, later each time, and said to be possibly a repetition', async () => {
  await add('TELEGRAM')
  services.script('TELEGRAM', { status: 500 }, 'CUT', { status: 502 })
  await queue('ONE')
  expect(await sendAfter(3 * SECOND)).toHaveLength(1)
  expect(await sendAfter(1999)).toEqual([])
  expect(await sendAfter(1)).toHaveLength(1)
  expect(await sendAfter(3999)).toEqual([])
  expect(await sendAfter(1)).toHaveLength(1)
  expect(await channel('telegram')).toMatchObject({ state: 'RETRYING', lastError: 'HTTP 502' })
  const [text] = await sendAfter(8 * SECOND)
  expect(text).toContain('peut-être déjà reçu')
  const numbers = services.received.map((one) => /n°\u00a0(\d+)/.exec(one.text)?.[1])
  expect(new Set(numbers).size).toBe(1)
  expect(await channel('telegram')).toMatchObject({ state: 'OK', lastError: null, waiting: 0 })
})

it('a service that is not there delays nobody else, and nothing is said to be repeated', async () => {
  await add('DISCORD')
  await queue('ONE')
  now += 3 * SECOND
  const away = createAlertSender({
    services: { ...services, discord: 'http://127.0.0.1:1' },
    publicAddress: null,
    clock: () => now,
    log: createLogger('test', 'silent'),
  })
  await away.sendDue()
  await away.settled()
  expect(await channel('discord')).toMatchObject({ state: 'RETRYING', lastError: 'ECONNREFUSED' })
  expect((await sendAfter(2 * SECOND))[0]).not.toContain('peut-être')
})

it('what is refused for good cuts the channel, the other one tells; a trial that goes well ends it', async () => {
  const id = await add('DISCORD', 'Salon')
  await add('TELEGRAM')
  services.script('DISCORD', { status: 404, body: { message: 'Unknown Webhook', code: 10015 } })
  await queue('ONE')
  const toldAtOnce = await sendAfter(3 * SECOND)
  expect(await channel('Salon')).toMatchObject({ state: 'BROKEN', brokenCode: 'NOT_FOUND', waiting: 1 })
  expect(await watch()).toBe('alerts are not delivered: DISCORD refuses')
  // Both are sent to side by side: the other one tells of the cut with the next message, or in the first already.
  const told = [...toldAtOnce, ...(await sendAfter(3 * SECOND))].filter((text) =>
    text.includes('Canal d’alertes coupé'),
  )
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('Canal d’alertes coupé\u00a0: Salon (Discord) · adresse inconnue')
  expect(await sendAfter(HOUR)).toEqual([])
  const user = { id: userId, locale: 'fr' } as const
  services.script('DISCORD', { status: 401 })
  expect(await tryChannel(user, id, now)).toMatchObject({ isDone: false, reason: 'UNAUTHORIZED' })
  expect(await tryChannel(user, id, now)).toEqual({ isDone: true })
  expect(services.received.at(-1)?.text).toContain('Essai des alertes')
  expect((await sendAfter(0))[0]).toContain('ONE')
  expect(await watch()).toBeNull()
})

it('a new address starts afresh', async () => {
  const id = await add('TELEGRAM')
  services.script('TELEGRAM', {
    status: 403,
    body: { ok: false, description: 'Forbidden: bot was blocked by the user' },
  })
  await queue('ONE')
  await sendAfter(3 * SECOND)
  expect(await channel('telegram')).toMatchObject({ brokenCode: 'FORBIDDEN' })
  const change = { id, service: 'TELEGRAM' as const, name: 'telegram', kinds: [...ALERT_KINDS], isActive: true }
  await saveChannel(userId, change)
  expect(await channel('telegram')).toMatchObject({ brokenCode: 'FORBIDDEN' })
  await saveChannel(userId, { ...change, botToken: BOT, chatId: '@elsewhere' })
  expect(await channel('telegram')).toMatchObject({ brokenCode: null, addressHint: '123456789 → @elsewhere' })
  await sendAfter(0)
  expect(services.received.at(-1)?.body).toMatchObject({ chat_id: '@elsewhere' })
})

it('a group that became another is followed', async () => {
  await add('TELEGRAM')
  services.script('TELEGRAM', { status: 400, body: { ok: false, parameters: { migrate_to_chat_id: -100999 } } })
  await queue('ONE')
  await sendAfter(3 * SECOND)
  await sendAfter(2 * SECOND)
  expect(services.received.map(({ body }) => body['chat_id'])).toEqual(['-100123', '-100999'])
  expect(await channel('telegram')).toMatchObject({ state: 'OK' })
})

it('what waits for long is told by the other channel, once; what is too old is given up, and that is said', async () => {
  await add('DISCORD', 'Salon')
  await add('TELEGRAM', 'telegram', ['NOTIFIER'])
  const away = { status: 503 }
  services.script('DISCORD', ...Array.from({ length: 400 }, () => away))
  await queue('LOST')
  for (let step = 0; step < 12; step += 1) {
    await sendAfter(MINUTE)
    await watch()
  }
  await sendAfter(3 * SECOND)
  const told = services.received.filter(({ service }) => service === 'TELEGRAM')
  expect(told).toHaveLength(1)
  expect(told[0]?.text).toContain('Alertes non remises depuis longtemps\u00a0: Salon (Discord) · HTTP 503')
  expect(await channel('Salon')).toMatchObject({ state: 'STUCK', waiting: 1 })
  expect(await watch()).toBe('alerts are not delivered: DISCORD does not take them')
  now += 24 * HOUR
  await watch()
  expect(await channel('Salon')).toMatchObject({ waiting: 0, expired: 1 })
  services.recover()
  await queue('YOUNG')
  const [last] = await sendAfter(6 * MINUTE)
  expect(last).toContain('YOUNG')
  expect(last).not.toContain('LOST')
  expect(last).toContain('1 alerte trop ancienne n’a pas été envoyée')
})

it('a crowd of alerts is one message within the limit, and no second one', async () => {
  await add('DISCORD')
  for (let alert = 0; alert < 120; alert += 1) await queue(`${alert}-${'x'.repeat(60)}`)
  const sent = await sendAfter(3 * SECOND)
  expect(sent).toHaveLength(1)
  expect(sent[0]?.length).toBeLessThanOrEqual(2000)
  expect(sent[0]).toMatch(/… et \d+ autres/)
  expect(await sendAfter(HOUR)).toEqual([])
})

it('a new secret key seals the addresses anew', async () => {
  const id = await add('DISCORD')
  const old = installation.env['SECRET_KEY'] ?? ''
  const keys = { SECRET_KEY: 'another secret key, for tests only, long enough', SECRET_KEY_PREVIOUS: old }
  const sealed = async () =>
    (await installation.query('SELECT address_sealed AS text FROM alert_channels WHERE id = $1', [id]))[0]?.['text'] ??
    ''
  expect(await resealAll(keys)).toBe(1)
  expect(unseal(await sealed(), keys.SECRET_KEY, id)).toContain(SECRET)
  // This process has the old key still: it sends nothing, and says why.
  await queue('ONE')
  await sendAfter(3 * SECOND)
  expect(await channel('discord')).toMatchObject({ state: 'BROKEN', brokenCode: 'UNSEALABLE' })
  await resealAll({ SECRET_KEY: old, SECRET_KEY_PREVIOUS: keys.SECRET_KEY })
  expect(await tryChannel({ id: userId, locale: 'fr' }, id, now)).toEqual({ isDone: true })
  expect((await sendAfter(0))[0]).toContain('ONE')
})
