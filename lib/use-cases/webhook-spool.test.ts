import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'
import { newClientOrderId } from '@/lib/platform/ids'
import { drainSpool, isSpoolEmpty, type SpooledWebhook, spoolWebhook } from '@/lib/use-cases/webhook-spool'

// Receiver and web application empty one folder, each for itself.

const { DATA_DIR } = vi.hoisted(() => ({ DATA_DIR: { path: '' } }))
vi.mock('@/lib/platform/env', () => ({ env: () => ({ DATA_DIR: DATA_DIR.path }) }))
DATA_DIR.path = mkdtempSync(join(tmpdir(), 'aristobot-spool-'))
const FOLDER = join(DATA_DIR.path, 'receiver', 'spool')

beforeEach(() => rmSync(FOLDER, { recursive: true, force: true }))
afterAll(() => rmSync(DATA_DIR.path, { recursive: true }))

function spool(count: number): string[] {
  const webhooks = Array.from({ length: count }, (_, n) => ({
    spoolId: newClientOrderId(),
    userId: '00000000-0000-4000-8000-000000000001',
    rawBody: `alert ${n}`,
    receivedAt: n,
  }))
  for (const webhook of webhooks) spoolWebhook(webhook)
  return webhooks.map(({ rawBody }) => rawBody)
}

/** A database as the drainers see it: it takes each body once, after a while of its own. */
function openStore() {
  const stored = new Map<string, string>()
  const store = (delay: () => number) => async (webhook: SpooledWebhook) => {
    await sleep(delay())
    if (!stored.has(webhook.spoolId)) stored.set(webhook.spoolId, webhook.rawBody)
  }
  return { store, bodies: () => [...stored.values()] }
}
const never = () => false

it('two drainers of one folder store each body once, in the order in which they came', async () => {
  for (const [one, other] of [
    [() => 1, () => 1],
    [() => 3, () => 1],
    [() => Math.random() * 4, () => Math.random() * 4],
  ] as const) {
    const came = spool(40)
    const { store, bodies } = openStore()
    await Promise.all([drainSpool(store(one), never), drainSpool(store(other), never)])
    expect(bodies()).toEqual(came)
    expect(readdirSync(FOLDER)).toEqual([])
  }
})

it('what a drainer had in hand when it died is stored by the other one', async () => {
  const came = spool(10)
  const { store, bodies } = openStore()
  let left = 4
  const dying = (webhook: SpooledWebhook) => (left-- > 0 ? store(() => 1)(webhook) : new Promise<void>(() => undefined))
  void drainSpool(dying, never)
  await sleep(30)
  expect(bodies()).toHaveLength(4)
  expect(isSpoolEmpty()).toBe(false)
  expect(
    await drainSpool(
      store(() => 0),
      never,
    ),
  ).toBe(6)
  expect(bodies()).toEqual(came)
  expect(isSpoolEmpty()).toBe(true)
})

it('a body that can never be stored is put aside by whoever comes first; one that fails keeps the later ones waiting', async () => {
  spool(3)
  writeFileSync(join(FOLDER, '0.json'), 'half a')
  const { store, bodies } = openStore()
  const refusing = async (webhook: SpooledWebhook) => {
    await sleep(1)
    if (webhook.receivedAt === 1) throw new Error('refused for good')
    return store(() => 1)(webhook)
  }
  await Promise.all([drainSpool(refusing, () => true), drainSpool(refusing, () => true)])
  expect(bodies()).toEqual(['alert 0', 'alert 2'])
  expect(readdirSync(FOLDER).filter((name) => name.endsWith('.damaged'))).toHaveLength(2)

  spool(3)
  const away = (webhook: SpooledWebhook) =>
    webhook.receivedAt === 1 ? Promise.reject(new Error('away')) : store(() => 0)(webhook)
  await expect(drainSpool(away, never)).rejects.toThrow('away')
  expect(readdirSync(FOLDER).filter((name) => name.endsWith('.json'))).toHaveLength(2)
})
