import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '@/lib/db/migrate'

// An installation of before sources were told apart by account is brought up to date.

const FOLDER = 'prisma/migrations'
const UPGRADE = '20261130110000_sources_per_account'
const name = `audit_upgrade_${process.pid}`
const before = mkdtempSync(join(tmpdir(), 'aristobot-migrations-'))
let url: string
let db: pg.Client

beforeAll(async () => {
  for (const folder of readdirSync(FOLDER))
    if (folder < UPGRADE) cpSync(join(FOLDER, folder), join(before, folder), { recursive: true })
  const target = new URL(process.env['DATABASE_URL'] ?? '')
  const admin = new pg.Client(target.href)
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.end()
  target.pathname = `/${name}`
  url = target.href
  await migrate(url, before)
  db = new pg.Client(url)
  await db.connect()
})
afterAll(async () => {
  await db.end()
  rmSync(before, { recursive: true })
})

it('sources go on under the account of their last alert, and what was not looked at waits', async () => {
  await db.query(`
    INSERT INTO users (id, name, password_hash) VALUES ('00000000-0000-4000-8000-000000000001', 'old', '');
    INSERT INTO webhook_sources (user_id, name, symbol, interval, first_due_at, audited_to, last_received_at)
      SELECT id, unnest(ARRAY['named', 'plain', 'silent']), 'BTC/USDT', '5', now(), now(), now() FROM users;
    INSERT INTO webhooks (user_id, action, source, interval, raw_body, received_at, payload, source_id, due_at)
      SELECT s.user_id, v.action::"AlertAction", s.name, '5', '', now(), v.payload::jsonb, s.id, now() - v.age::interval
      FROM (VALUES ('named', 'PING', '{"UserExchangeID": "3"}', '10 min'), ('named', 'PING', '{"userexchangeid": 7}', '5 min'),
        ('named', 'MISSED', NULL, '0'), ('plain', 'PING', '{"UserExchangeID": null}', '5 min')) v (name, action, payload, age)
      JOIN webhook_sources s ON s.name = v.name;
    INSERT INTO webhooks (user_id, source, interval, raw_body, received_at, payload)
      SELECT id, v.name, v.interval, '', now() - v.age::interval, v.payload::jsonb
      FROM users, (VALUES ('fresh', '5', '{"UserExchangeID": " 12 "}', '1 min'), ('odd', '5', '{"UserExchangeID": "x"}', '1 min'),
        ('none', NULL, '{"UserExchangeID": 1}', '1 min'), ('old', '5', '{"UserExchangeID": 1}', '8 days')) v (name, interval, payload, age)`)
  expect(await migrate(url)).toContain(UPGRADE)
  const sources = await db.query('SELECT name, broker_number AS number FROM webhook_sources ORDER BY name')
  expect(sources.rows).toEqual([
    { name: 'named', number: 7 },
    { name: 'plain', number: null },
    { name: 'silent', number: null },
  ])
  const waiting = await db.query(
    'SELECT source, broker_number AS number FROM webhooks WHERE awaits_audit ORDER BY source',
  )
  expect(waiting.rows).toEqual([
    { source: 'fresh', number: 12 },
    { source: 'odd', number: null },
  ])
  const again = `INSERT INTO webhook_sources (user_id, name, symbol, interval, first_due_at, audited_to, last_received_at)
    SELECT user_id, name, symbol, interval, now(), now(), now() FROM webhook_sources WHERE name = 'plain'`
  await expect(db.query(again)).rejects.toThrow(/unique/)
})
