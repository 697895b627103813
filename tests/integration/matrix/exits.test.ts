import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bus, createBus } from '@/lib/bus/bus'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { lockPosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { clearWantedExits, setWantedExits } from '@/lib/db/wanted-exit-repository'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { signUp } from '@/lib/auth/sign-up'
import type { ExchangeId } from '@/lib/domain/account/broker'
import { systemClock } from '@/lib/platform/clock'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { createCapabilityReader } from '@/lib/use-cases/exchange-abilities'
import { createFundsReader } from '@/lib/use-cases/free-funds'
import type { ExitEngine } from '@/lib/use-cases/restore-exits'
import { advanceExits } from '@/lib/use-cases/update-exits'
import { openBroker, readLedger, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { overtake } from '../../support/overtake'

// MAJ: an alert exchanges the stop and the target of a position, and never leaves it without both for longer than it must.

let installation: Installation
let url: string
const accounts = new Map<ExchangeId, TestAccount>()

const moveTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
const accountOf = (exchange: ExchangeId): TestAccount => {
  const account = accounts.get(exchange)
  if (account === undefined) throw new Error(`no account at ${exchange}`)
  return account
}

interface WebhookRow extends Record<string, string | null> {
  status: string
  reason: string | null
}
async function send(exchange: ExchangeId, fields: Record<string, unknown>): Promise<string> {
  const [broker] = await installation.query<{ n: string }>(
    'SELECT public_number::text AS n FROM brokers WHERE id = $1',
    [accountOf(exchange).brokerId],
  )
  const body = JSON.stringify({ Symbol: 'BTCUSDT', Interval: '5', UserExchangeID: broker?.n, ...fields })
  const answer = await fetch(url, { method: 'POST', body })
  expect(answer.status).toBe(200)
  const [row] = await installation.query<{ id: string }>('SELECT max(id)::text AS id FROM webhooks')
  return row?.id ?? ''
}
const done = (id: string): Promise<WebhookRow> =>
  until(
    async () => {
      const [row] = await installation.query<WebhookRow>('SELECT status::text, reason FROM webhooks WHERE id = $1', [
        id,
      ])
      return row !== undefined && !['RECEIVED', 'PROCESSING'].includes(row.status) ? row : null
    },
    20_000,
    `webhook ${id}`,
  )
const exitsOf = (exchange: ExchangeId) =>
  installation.query<Record<string, string | null>>(
    `SELECT purpose::text, status::text, quantity::text, coalesce(limit_price, stop_price)::text AS price, stop_price::text, is_emulated::text AS kept
     FROM trades WHERE broker_id = $1 AND purpose IN ('STOP_LOSS', 'TAKE_PROFIT') ORDER BY created_at, purpose`,
    [accountOf(exchange).brokerId],
  )
const live = async (exchange: ExchangeId) =>
  (await exitsOf(exchange)).filter(
    ({ status, kept }) => status === 'ACCEPTED' || (status === 'INITIALIZED' && kept === 'true'),
  )
const position = async (exchange: ExchangeId) =>
  (
    await installation.query<Record<string, string | null>>(
      'SELECT stop_loss::text, take_profit::text, wanted_exits FROM positions WHERE broker_id = $1',
      [accountOf(exchange).brokerId],
    )
  )[0]
/** Stop and target stand as asked for. */
const protectedAt = (exchange: ExchangeId, prices: string[]) =>
  until(
    async () => {
      const now = (await live(exchange)).map(({ purpose, price, stop_price }) =>
        Number(purpose === 'STOP_LOSS' ? stop_price : price),
      )
      return JSON.stringify(now.sort()) === JSON.stringify(prices.map(Number).sort())
    },
    15_000,
    `protected at ${prices.join(' and ')}`,
    () =>
      installation.query(
        `SELECT purpose, status, quantity, limit_price, stop_price, error_message, created_at, closed_at FROM trades WHERE broker_id = $1 ORDER BY created_at`,
        [accountOf(exchange).brokerId],
      ),
  )

beforeAll(async () => {
  installation = await openInstallation('exits')
  await installation.start('simulator')
  await moveTo('60000')
  for (const daemon of ['gateway', 'engine', 'receiver'] as const) await installation.start(daemon)
  const user = await signUp({ name: 'exit-user', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  url = `http://127.0.0.1:${installation.env['RECEIVER_PORT'] ?? ''}/webhooks/${await issueWebhookToken(user.userId)}`
  for (const exchange of ['binance', 'bitget', 'kucoin'] as const)
    accounts.set(exchange, await openBroker(installation, user.userId, exchange, 'WEBHOOK'))
}, 90_000)
beforeEach(() => moveTo('60000'))
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe.each(['binance', 'bitget', 'kucoin'] as const)('at %s', (exchange) => {
  it('places stop and target, exchanges them, for a share of the position', async () => {
    const nothing = await done(await send(exchange, { Action: 'MAJ', PrixSL: 58000, PrixTP: 62000 }))
    expect(nothing).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('no open position') as string })

    expect(await done(await send(exchange, { Action: 'BuyMarket', PourCent: 50 }))).toMatchObject({
      status: 'EXECUTED',
    })
    await until(async () => {
      const [row] = await installation.query('SELECT 1 FROM positions WHERE broker_id = $1 AND quantity > 0', [
        accountOf(exchange).brokerId,
      ])
      return row !== undefined
    })
    expect(
      await done(await send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 })),
    ).toMatchObject({ status: 'EXECUTED' })
    await protectedAt(exchange, ['58000', '62000'])

    expect(await done(await send(exchange, { Action: 'MAJ', PourCent: 50, PrixSL: 59000, PrixTP: 63000 }))).toEqual({
      status: 'EXECUTED',
      reason: null,
    })
    await protectedAt(exchange, ['59000', '63000'])
    const all = await exitsOf(exchange)
    expect(all.map(({ status }) => status).sort()).toEqual(
      [...(await live(exchange)).map(({ status }) => status), 'CANCELED', 'CANCELED'].sort(),
    )
    const [first] = all
    const [second] = await live(exchange)
    expect(
      d(second?.['quantity'] ?? '0')
        .times(2)
        .minus(d(first?.['quantity'] ?? '0'))
        .abs()
        .lte('0.0001'),
    ).toBe(true)
    await until(async () => (await position(exchange))?.['wanted_exits'] === null, 10_000, 'nothing more wanted')
    const { stop_loss: stopLoss, take_profit: takeProfit } = (await position(exchange)) ?? {}
    expect([Number(stopLoss), Number(takeProfit)]).toEqual([59_000, 63_000])
  })

  it('refuses what could not stand, and leaves what stands', async () => {
    const above = await done(await send(exchange, { Action: 'MAJ', PrixSL: 61000, PrixTP: 63000 }))
    expect(above).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('above the price') as string })
    const below = await done(await send(exchange, { Action: 'MAJ', PrixSL: 58000, PrixTP: 59000 }))
    expect(below).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('below the price') as string })
    // Too little to be sold: the market's rules are looked at before what stands is touched.
    const tiny = await done(await send(exchange, { Action: 'MAJ', PourCent: 0.001, PrixSL: 58000, PrixTP: 63000 }))
    expect(tiny).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/smallest|worth at least/) as string })
    const none = await done(await send(exchange, { Action: 'MAJ' }))
    expect(none).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('needs one of them') as string })
    expect(await live(exchange)).toHaveLength(2)
    expect((await exitsOf(exchange)).filter(({ status }) => status === 'CANCELED')).toHaveLength(2)
  })

  it.each(exchange === 'binance' ? [{}, { PrixSL: 58500 }] : [{}])(
    'places the old ones again when the exchange refuses the new ones (%o)',
    async (stop) => {
      const before = await live(exchange)
      // No exchange takes a price so far away, and none says so before it is asked.
      const id = await send(exchange, { Action: 'MAJ', PourCent: 100, ...stop, PrixTP: 900_000 })
      await until(async () => (await done(id)).status === 'FAILED', 10_000, 'the refusal')
      await until(async () => (await position(exchange))?.['wanted_exits'] === null, 10_000, 'nothing more wanted')
      expect((await done(id)).reason).toMatch(/^The new stop and target were refused, those of before stand again\. .+/)
      await protectedAt(exchange, ['59000', '63000'])
      const terms = (rows: typeof before) => rows.map(({ purpose, quantity }) => [purpose, quantity])
      expect(terms(await live(exchange))).toEqual(terms(before))
    },
  )

  it('executes at the new stop', async () => {
    await done(await send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 59500, PrixTP: 64000 }))
    await protectedAt(exchange, ['59500', '64000'])
    await moveTo('59000')
    await until(async () => (await live(exchange)).length === 0, 15_000, 'no exits left')
    const ledger = await readLedger(installation, accountOf(exchange))
    expect(ledger.fills.filter((fill) => fill.side === 'SELL').length).toBeGreaterThan(0)
    expect(ledger.orders.filter(({ status }) => status === 'ACCEPTED')).toEqual([])
  })
})

it('goes on where it was when the engine dies between the old exits and the new ones', async () => {
  const exchange = 'binance'
  await done(await send(exchange, { Action: 'BuyMarket', PourCent: 50 }))
  await done(await send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 }))
  await protectedAt(exchange, ['58000', '62000'])
  // The cancels take long enough for the engine to die while they are under way.
  await installation.control('PUT', 'faults', { path: 'DELETE', latencyMs: 1500 })
  const id = await send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58500, PrixTP: 62500 })
  await until(async () => {
    const [row] = await installation.query('SELECT 1 FROM positions WHERE wanted_exits IS NOT NULL')
    return row !== undefined
  })
  await installation.kill('engine')
  await installation.control('PUT', 'faults', {})
  await installation.start('engine')
  expect(await done(id)).toMatchObject({ status: 'EXECUTED' })
  await protectedAt(exchange, ['58500', '62500'])
}, 60_000)

describe('two looks at once', () => {
  const log = createLogger('test', 'silent')
  let bus: Bus
  let engine: ExitEngine
  beforeAll(() => {
    const onRejected = () => Promise.resolve()
    bus = createBus({ databaseUrl: installation.databaseUrl, name: 'test', log, onRejected })
    const gateway = createGatewayCaller(bus, systemClock)
    const capabilitiesOf = createCapabilityReader(gateway, systemClock)
    engine = { bus, gateway, capabilitiesOf, fundsOf: createFundsReader(gateway), clock: systemClock, log }
  })
  afterAll(() => bus.close())

  it('the pair that one has placed is not canceled by the other', async () => {
    const exchange = 'bitget'
    await done(await send(exchange, { Action: 'BuyMarket', PourCent: 50 }))
    const webhookId = await send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 })
    await done(webhookId)
    await protectedAt(exchange, ['58000', '62000'])
    await installation.kill('engine')
    const [position] = await installation.query<{ id: string }>(
      'SELECT id FROM positions WHERE broker_id = $1 AND quantity > 0',
      [accountOf(exchange).brokerId],
    )
    const id = position?.id ?? ''
    const terms = { stopLoss: d('58000'), takeProfit: d('62000'), sizePercent: d('100'), previous: null, placed: null }
    await inTransaction((tx) => setWantedExits(tx, id, { webhookId, ...terms }))
    // This look knows what is wanted and comes to the executions, when the other one's pair and what it settled are written.
    await overtake(
      installation,
      () => advanceExits(engine, id),
      'fills',
      (tx) => clearWantedExits(tx, id, webhookId),
    )
    const asked = await installation.query(
      'SELECT 1 FROM trades WHERE position_id = $1 AND cancel_requested_at >= (SELECT max(created_at) FROM trades WHERE position_id = $1)',
      [id],
    )
    expect(asked).toEqual([])
    expect(await live(exchange)).toHaveLength(2)
  })

  it('one that cancels waits for a report that is being recorded, and holds nothing that the report needs', async () => {
    const exchange = 'bitget'
    const [position] = await installation.query<{ id: string; webhook: string }>(
      'SELECT id, (SELECT max(id)::text FROM webhooks) AS webhook FROM positions WHERE broker_id = $1 AND quantity > 0',
      [accountOf(exchange).brokerId],
    )
    const { id = '', webhook = '' } = position ?? {}
    const terms = { stopLoss: d('58100'), takeProfit: d('62100'), sizePercent: d('100'), previous: null, placed: null }
    await inTransaction((tx) => setWantedExits(tx, id, { webhookId: webhook, ...terms }))
    const isWaiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
      AND query LIKE 'SELECT * FROM positions%FOR NO KEY UPDATE'`
    const begun = await inTransaction(async (tx) => {
      await lockPosition(tx, id)
      const started = { end: advanceExits(engine, id) }
      await until(async () => (await installation.query(isWaiting))[0], 15_000, 'a look that waits for the position')
      await tx.query('SELECT 1 FROM trades WHERE position_id = $1 FOR UPDATE NOWAIT', [id])
      return started
    })
    await begun.end
    await until(async () => (await live(exchange)).length === 0, 15_000, 'the old pair canceled')
  })
})
