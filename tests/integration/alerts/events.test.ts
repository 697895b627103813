import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bus, createBus } from '@/lib/bus/bus'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { ALERT_KINDS } from '@/lib/domain/alert/alert'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { OrderPurpose } from '@/lib/domain/order/order'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { saveChannel } from '@/lib/use-cases/alert-channels'
import { placeOrder } from '@/lib/use-cases/place-order'
import { openAccount, type TestAccount } from '../../support/account'
import { type AlertServices, openAlertServices } from '../../support/alert-services'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openSender, type WebhookSender } from '../../support/webhook-sender'

// What happens in running daemons, as it reaches a stand-in of Discord.

const DAEMONS = ['simulator', 'gateway', 'heartbeat', 'engine', 'tracker', 'receiver'] as const
let installation: Installation
let services: AlertServices
let account: TestAccount
let sender: WebhookSender
let bus: Bus

beforeAll(async () => {
  services = await openAlertServices()
  installation = await openInstallation('events', {
    ALERT_DISCORD_URL: services.discord,
    WEBHOOK_BURST: '30',
    WEBHOOK_PER_MINUTE: '60',
  })
  bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  await Promise.all(DAEMONS.map((daemon) => installation.start(daemon)))
  account = await openAccount(installation, 'reader', 'WEBHOOK')
  const webhookUrl = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(60)}`
  await saveChannel(account.userId, {
    service: 'DISCORD',
    name: 'Salon',
    kinds: [...ALERT_KINDS],
    isActive: true,
    webhookUrl,
  })
  sender = await openSender(installation, account)
}, 120_000)
afterAll(async () => {
  await bus.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
  await services.close()
})

const linesWith = (text: string): string[] =>
  services.received.flatMap((message) => message.text.split('\n')).filter((line) => line.includes(text))
const told = (text: string, limitMs = 20_000): Promise<string> =>
  until(() => Promise.resolve(linesWith(text)[0]), limitMs, `« ${text} »`)
const delivered = () =>
  until(async () => (await installation.query('SELECT 1 FROM alert_outbox WHERE delivered_at IS NULL')).length === 0)
const order = (fields: Record<string, unknown>) =>
  sender.post({ Symbol: 'BTCUSDT', Interval: '60', IndicateurName: 'EMA', ...fields })

it('executions with their result, and webhooks that led to nothing', async () => {
  await sender.post('ceci n’est pas une alerte')
  await order({ Action: 'BuyMarket', PourCent: 50, UserExchangeID: 9999 })
  await order({ Action: 'BuyMarket', PourCent: 50 })
  expect(await told('Acheté')).toMatch(/Acheté 0,0\d+ BTC à \d+.* = [\d\u202f]+,\d\d USDT · webhook « EMA » · Paper$/)
  await order({ Action: 'SellMarket', PourCent: 100 })
  expect(await told('Webhook illisible')).toContain('Le message ne peut pas être lu')
  expect(await told('Webhook sans ordre')).toContain('UserExchangeID 9999 n’est aucun de vos brokers.')
  expect(await told('Vendu')).toMatch(
    /Vendu 0,0\d+ BTC à .* · résultat [+\u2212]?\d+,\d\d USDT · webhook « EMA » · Paper$/,
  )
  expect([linesWith('Acheté').length, linesWith('Vendu').length]).toEqual([1, 1])
})

it('what the exchange refuses; a stop that was refused leaves the position unprotected', async () => {
  const { userId, brokerId } = account
  const symbol = 'BTC/USDT'
  const positionId = await inTransaction((tx) => ensurePosition(tx, { userId, brokerId, symbol }))
  const draft = (purpose: OrderPurpose) => ({
    clientOrderId: newClientOrderId(),
    userId,
    brokerId,
    symbol,
    side: 'SELL' as const,
    ...(purpose === 'STOP_LOSS' ? { type: 'STOP_MARKET' as const, stopPrice: d('1000') } : { type: 'MARKET' as const }),
    source: 'MANUAL' as const,
    purpose,
    positionId,
    // Nobody holds so much.
    quantity: d('40'),
    sendBefore: Date.now() + 60_000,
  })
  await placeOrder({ bus, now: Date.now() }, draft('OTHER'))
  expect(await told('Ordre refusé')).toMatch(/vente 40 BTC\/USDT · les fonds ne suffisent pas · .* · manuel · Paper$/)
  await placeOrder({ bus, now: Date.now() }, draft('STOP_LOSS'))
  expect(await told('POSITION SANS PROTECTION')).toContain('BTC/USDT · les fonds ne suffisent pas')
})

it('an exchange of stop and target that ends without either', async () => {
  await order({ Action: 'BuyMarket', PourCent: 20 })
  await until(async () => (await installation.query('SELECT 1 FROM positions WHERE quantity > 0'))[0])
  await order({ Action: 'MAJ', PrixSL: 1100 })
  const standing = `SELECT 1 FROM trades t JOIN positions p ON p.id = t.position_id AND p.wanted_exits IS NULL
    WHERE t.purpose = 'STOP_LOSS' AND t.status = 'ACCEPTED'`
  await until(async () => (await installation.query(standing))[0])
  // Between the old stop and the new one the market asks for more than is held.
  await installation.control('PUT', 'faults', { path: 'DELETE', latencyMs: 1000 })
  await order({ Action: 'MAJ', PrixSL: 1200 })
  await until(async () => (await installation.query('SELECT 1 FROM positions WHERE wanted_exits IS NOT NULL'))[0])
  await installation.query('UPDATE exchange_symbols SET min_notional = min_notional * 1000000')
  await installation.control('PUT', 'faults', {})
  expect(await told('ni stop ni objectif')).toMatch(
    /POSITION SANS PROTECTION\u00a0: BTC\/USDT · La position n’a plus ni stop ni objectif\. .* · webhook « EMA » · Paper$/,
  )
  await installation.query('UPDATE exchange_symbols SET min_notional = min_notional / 1000000')
})

it('a flood is told of once', async () => {
  const answers = await Promise.all(Array.from({ length: 80 }, () => sender.post({ Action: 'PING' })))
  expect(answers).toContain(429)
  await told('429')
  await sender.post({ Action: 'PING' })
  expect(linesWith('429')).toHaveLength(1)
})

it('a process that ends, is back, is started again: two watchers tell of it once', async () => {
  await installation.kill('gateway')
  await installation.kill('receiver')
  await installation.start('receiver')
  await told('Processus mort et relancé\u00a0: receiver', 30_000)
  await told('Processus arrêté\u00a0: gateway', 45_000)
  await installation.start('gateway')
  expect(await told('Processus de nouveau en marche\u00a0: gateway', 30_000)).toMatch(/pendant \d+ s$/)
  for (const text of ['relancé', 'arrêté', 'de nouveau en marche'])
    expect([text, linesWith(text).length]).toEqual([text, 1])
}, 90_000)

it('a sender killed between the service’s taking and its own writing: told again, under the same number', async () => {
  const crash = { CRASH_POINT: 'alert-answered' }
  // Nothing else is told of, as the ends and starts of this test: it would lead to the crash before its time.
  await installation.query("UPDATE alert_channels SET kinds = ARRAY['WEBHOOK_FAILED']")
  await delivered()
  for (const daemon of ['engine', 'tracker'] as const) {
    await installation.kill(daemon)
    await installation.start(daemon, crash)
  }
  services.received.length = 0
  await sender.post('encore illisible')
  await told('Webhook illisible')
  await until(() => Promise.resolve(!installation.isRunning('engine') || !installation.isRunning('tracker')))
  for (const daemon of ['engine', 'tracker'] as const) {
    await installation.kill(daemon)
    await installation.start(daemon)
  }
  // The dead sender's claim comes to its end.
  await installation.query("UPDATE alert_channels SET claimed_until = now() - interval '1 second'")
  await until(() => Promise.resolve(linesWith('Webhook illisible').length === 2))
  const [first, second] = services.received
    .filter(({ text }) => text.includes('illisible'))
    .map(({ text }) => text.split('\n')[0] ?? '')
  expect(second).toBe(`${first ?? ''} · peut-être déjà reçu`)
  await delivered()
}, 60_000)
