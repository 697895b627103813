import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { type Bus, createBus } from '@/lib/bus/bus'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { insertWebhooks } from '@/lib/db/webhook-arrival-repository'
import { listSources, setSourceMuted } from '@/lib/db/webhook-source-repository'
import { readWebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { ALERT_KINDS } from '@/lib/domain/alert/alert'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { saveChannel } from '@/lib/use-cases/alert-channels'
import { auditWebhooks } from '@/lib/use-cases/audit-webhooks'
import { readWebhookStats } from '@/lib/use-cases/list-webhooks'
import { type Installation, openInstallation } from '../../support/installation'

// Alerts that never came, on a clock of the test's own.

const log = createLogger('test', 'silent')
const MINUTE = 60_000
/** 2026-11-20, a Friday. */
const clockAt = (time: string): number => Date.parse(`2026-11-20T${time}Z`)
let installation: Installation
let bus: Bus
let userId: string
let number = 0

const receive = (time: number, fields: Record<string, unknown> = {}, times = 1) => {
  const rawBody = JSON.stringify({
    Symbol: 'BTCUSDT',
    Interval: '5',
    Action: 'PING',
    IndicateurName: 'Pulse',
    ...fields,
  })
  const reading = { alert: readWebhookAlert(rawBody) }
  return insertWebhooks(
    Array.from({ length: times }, () => ({ userId, rawBody, receivedAt: time, reading, spoolId: newClientOrderId() })),
  )
}
const audit = (time: number) => auditWebhooks({ bus, log, clock: () => time }, time)
/** The audit of every minute in between, as the heartbeat's clock asks for it. */
async function auditThrough(from: number, to: number, before: (time: number) => Promise<unknown>): Promise<void> {
  for (let time = from; time <= to; time += MINUTE) {
    await before(time)
    await audit(time)
  }
}
const missed = () =>
  installation.query<{ due: string; written: string; status: string; source: string }>(
    `SELECT to_char(due_at AT TIME ZONE 'UTC', 'HH24:MI') AS due, to_char(received_at AT TIME ZONE 'UTC', 'HH24:MI') AS written,
       status::text, source FROM webhooks WHERE action = 'MISSED' AND user_id = $1 ORDER BY due_at`,
    [userId],
  )
/** Webhooks that the audit has not looked at. */
const waiting = async () => (await installation.query('SELECT 1 FROM webhooks WHERE awaits_audit')).length

beforeAll(async () => {
  installation = await openInstallation('audit')
  bus = createBus({ databaseUrl: installation.databaseUrl, name: 'test', log, onRejected: () => Promise.resolve() })
})
beforeEach(async () => {
  await installation.query('DELETE FROM users')
  const user = await signUp({ name: `auditor-${number++}`, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  userId = user.userId
})
afterAll(async () => {
  await bus.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

/** A ping at each close of five minutes, but for these. */
const pings =
  (without: string[], delayMs = 2000) =>
  async (time: number) => {
    const close = time
    if (close % (5 * MINUTE) === 0 && !without.some((one) => clockAt(`${one}:00`) === close))
      await receive(close + delayMs)
  }

it('5m pings from 11:00 to 12:00 without 11:15: exactly one MISS, written at 11:16', async () => {
  await auditThrough(clockAt('11:00:00'), clockAt('12:05:00'), async (time) => {
    if (time <= clockAt('12:00:00')) await pings(['11:15'])(time)
  })
  expect(await missed()).toEqual([{ due: '11:15', written: '11:16', status: 'MISSED', source: 'Pulse' }])
  const [source] = await listSources(userId)
  expect(source).toMatchObject({ came: 12, missed: 1 })
  expect(source?.lossRate).toBeCloseTo(1 / 13)
})

it('one that comes late turns its MISS into LATE', async () => {
  await auditThrough(clockAt('11:00:00'), clockAt('11:16:00'), pings(['11:15']))
  await receive(clockAt('11:16:30'), { BarTime: clockAt('11:10:00') })
  await audit(clockAt('11:17:00'))
  expect(await missed()).toEqual([{ due: '11:15', written: '11:16', status: 'LATE', source: 'Pulse' }])
})

it('a heartbeat that was away, and the same minute audited twice at once, add nothing that came', async () => {
  await receive(clockAt('11:00:02'))
  await audit(clockAt('11:00:30'))
  for (const time of ['11:05:02', '11:10:02', '11:20:02', '11:25:02']) await receive(clockAt(time))
  await Promise.all(Array.from({ length: 5 }, () => audit(clockAt('11:28:00'))))
  expect((await missed()).map(({ due }) => due)).toEqual(['11:15'])
})

it('three in a row are noticed once; muted sources are left alone, and listened to again from then on', async () => {
  await receive(clockAt('11:00:02'))
  await auditThrough(clockAt('11:01:00'), clockAt('11:31:00'), () => Promise.resolve())
  expect(await missed()).toHaveLength(6)
  const notices = await installation.query('SELECT code, detail FROM alerts WHERE user_id = $1', [userId])
  expect(notices).toMatchObject([{ code: 'WEBHOOKS_MISSED', detail: { source: 'Pulse', inRow: 3 } }])
  const [source] = await listSources(userId)
  expect(await setSourceMuted(userId, source?.id ?? '', true, clockAt('11:31:00'))).toBe(true)
  await audit(clockAt('12:00:00'))
  expect(await missed()).toHaveLength(6)
  await setSourceMuted(userId, source?.id ?? '', false, clockAt('12:00:30'))
  await audit(clockAt('12:06:00'))
  expect((await missed()).map(({ due }) => due)).toEqual([
    '11:05',
    '11:10',
    '11:15',
    '11:20',
    '11:25',
    '11:30',
    '12:05',
  ])
  const stranger = await signUp({ name: 'stranger', password: 'a password for tests' })
  expect(await setSourceMuted(stranger.isCreated ? stranger.userId : '', source?.id ?? '', true, 0)).toBe(false)
})

it('channels hear of what did not come, then once that the source is silent, then nothing more', async () => {
  const webhookUrl = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(60)}`
  const kinds = [...ALERT_KINDS]
  const channel = { service: 'DISCORD' as const, name: 'Discord', kinds, isActive: true, webhookUrl }
  expect(await saveChannel(userId, channel)).toMatchObject({ isDone: true })
  await receive(clockAt('11:00:02'))
  await auditThrough(clockAt('11:01:00'), clockAt('11:31:00'), () => Promise.resolve())
  await audit(clockAt('11:31:00'))
  const told = await installation.query('SELECT kind, detail FROM alert_outbox ORDER BY id')
  const source = { source: 'Pulse', symbol: 'BTC/USDT', interval: '5' }
  expect(told).toEqual([
    { kind: 'WEBHOOK_MISSED', detail: { ...source, dueAt: clockAt('11:05:00') } },
    { kind: 'WEBHOOK_MISSED', detail: { ...source, dueAt: clockAt('11:10:00') } },
    { kind: 'WEBHOOK_SILENT', detail: { ...source, inRow: 3 } },
  ])
})

it('a source that was given up on falls silent here too, and wakes with its next alert', async () => {
  await receive(clockAt('00:00:02'))
  await audit(clockAt('00:01:00'))
  await audit(clockAt('09:00:00'))
  expect(await missed()).toHaveLength(50)
  await audit(clockAt('10:00:00'))
  expect(await missed()).toHaveLength(50)
  await receive(clockAt('11:00:02'))
  await audit(clockAt('11:06:00'))
  expect((await missed()).at(-1)?.due).toBe('11:05')
})

it('each indicator, market and interval has its own times; alerts without an interval have none', async () => {
  await receive(clockAt('11:00:02'))
  await receive(clockAt('11:00:02'), { Interval: '15' })
  await receive(clockAt('11:00:02'), { Symbol: 'ETHUSDT' })
  await receive(clockAt('11:00:02'), { Interval: undefined, IndicateurName: 'Free' })
  await receive(clockAt('11:00:02'), { Interval: '15S', IndicateurName: 'Fast' })
  await audit(clockAt('11:06:00'))
  const rows = await installation.query<{ symbol: string; interval: string }>(
    "SELECT symbol, interval FROM webhooks WHERE action = 'MISSED' ORDER BY symbol",
  )
  expect(rows).toEqual([
    { symbol: 'BTC/USDT', interval: '5' },
    { symbol: 'ETH/USDT', interval: '5' },
  ])
})

it('alerts that are not audited, however many, keep no other from being put down to its source', async () => {
  await receive(clockAt('11:00:02'))
  await audit(clockAt('11:01:00'))
  await receive(clockAt('11:01:30'), { Interval: '15S', IndicateurName: 'Fast' }, 2600)
  await receive(clockAt('11:01:30'), { Interval: '1m', IndicateurName: 'Words' }, 2600)
  await receive(clockAt('11:05:02'))
  await audit(clockAt('11:06:00'))
  expect(await missed()).toEqual([])
  expect((await listSources(userId)).map(({ name, came }) => [name, came])).toEqual([['Pulse', 2]])
  expect(await waiting()).toBe(0)
})

it('nothing is said to be missed before all that came is known, however much that is', async () => {
  await receive(clockAt('11:00:02'))
  await audit(clockAt('11:01:00'))
  await receive(clockAt('11:01:30'), { Interval: '60', IndicateurName: 'Busy' }, 5100)
  await receive(clockAt('11:05:02'))
  await audit(clockAt('11:06:00'))
  expect(await missed()).toEqual([])
})

it('an alert of long ago does not make its source owe what came before it was heard', async () => {
  await receive(clockAt('00:00:02'), { BarTime: clockAt('00:00:00') - 3 * 86_400_000 })
  await audit(clockAt('00:01:00'))
  expect(await missed()).toEqual([])
  await audit(clockAt('09:00:00'))
  expect(await missed()).toHaveLength(50)
  // The same with the alert that wakes it.
  await receive(clockAt('11:00:02'), { BarTime: clockAt('01:00:00') })
  await audit(clockAt('11:06:00'))
  expect((await missed()).slice(50).map(({ due }) => due)).toEqual(['11:05'])
})

describe('after an outage of the audit itself', () => {
  const pingThrough = async (from: string, to: string, without: string[]) => {
    for (let time = clockAt(`${from}:00`); time <= clockAt(`${to}:00`); time += 5 * MINUTE) await pings(without)(time)
  }

  it('finds a single one that never came, however many came since', async () => {
    await receive(clockAt('00:00:02'))
    await audit(clockAt('00:01:00'))
    await pingThrough('00:05', '11:00', ['01:00'])
    await audit(clockAt('11:01:00'))
    expect((await missed()).map(({ due }) => due)).toEqual(['01:00'])
  })

  it('gives up on a silent source as ever, and wakes it with the alert that came since', async () => {
    await receive(clockAt('00:00:02'))
    await audit(clockAt('00:01:00'))
    await pingThrough('06:00', '11:00', ['09:00'])
    await audit(clockAt('11:01:00'))
    const due = (await missed()).map((miss) => miss.due)
    expect([due.length, due[49], due[50]]).toEqual([51, '04:10', '09:00'])
    expect(await listSources(userId)).toMatchObject([{ isPaused: false, missedInRow: 0 }])
  })

  it('of a year', async () => {
    await receive(clockAt('00:00:02'), { Interval: '1' })
    await audit(clockAt('00:01:00'))
    await audit(clockAt('00:00:00') + 365 * 86_400_000)
    expect(await missed()).toHaveLength(50)
    expect(await listSources(userId)).toMatchObject([{ isPaused: true }])
  })
})

it('two accounts that one indicator feeds are two sources', async () => {
  await receive(clockAt('11:00:02'), { UserExchangeID: 1 })
  await receive(clockAt('11:00:02'), { UserExchangeID: 2 })
  await receive(clockAt('11:00:02'))
  await audit(clockAt('11:01:00'))
  await receive(clockAt('11:05:02'), { userexchangeid: '1' })
  await receive(clockAt('11:05:02'))
  await audit(clockAt('11:06:00'))
  const sources = await listSources(userId)
  expect(sources.map(({ brokerNumber, came, missed }) => [brokerNumber, came, missed]).sort()).toEqual([
    [null, 2, 0],
    [1, 2, 0],
    [2, 1, 1],
  ])
  expect(await installation.query("SELECT broker_number AS n FROM webhooks WHERE action = 'MISSED'")).toEqual([
    { n: 2 },
  ])
  const { sources: shown } = await readWebhookStats(userId, 30, clockAt('12:00:00'))
  expect(new Set(shown.map(({ brokerNumber }) => brokerNumber))).toEqual(new Set([1, 2, null]))
})
