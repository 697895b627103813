import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bus, createBus } from '@/lib/bus/bus'
import { lockPosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { clearWantedExits, setWantedExits } from '@/lib/db/wanted-exit-repository'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { systemClock } from '@/lib/platform/clock'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { createCapabilityReader } from '@/lib/use-cases/exchange-abilities'
import { createFundsReader } from '@/lib/use-cases/free-funds'
import type { ExitEngine } from '@/lib/use-cases/restore-exits'
import { advanceExits } from '@/lib/use-cases/update-exits'
import { type ExitDesk, openExitDesk } from '../../support/exit-desk'
import { until } from '../../support/installation'
import { overtake } from '../../support/overtake'

// MAJ: an alert exchanges the stop and the target of a position, and never leaves it without both for longer than it must.

let desk: ExitDesk
beforeAll(async () => {
  desk = await openExitDesk('exits')
}, 90_000)
beforeEach(() => desk.moveTo('60000'))
afterAll(() => desk.close())

describe.each(['binance', 'bitget', 'kucoin'] as const)('at %s', (exchange) => {
  it('places stop and target, exchanges them, for a share of the position', async () => {
    const nothing = await desk.done(await desk.send(exchange, { Action: 'MAJ', PrixSL: 58000, PrixTP: 62000 }))
    expect(nothing).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('no open position') as string })

    expect(await desk.done(await desk.send(exchange, { Action: 'BuyMarket', PourCent: 50 }))).toMatchObject({
      status: 'EXECUTED',
    })
    await until(async () => {
      const [row] = await desk.installation.query('SELECT 1 FROM positions WHERE broker_id = $1 AND quantity > 0', [
        desk.accountOf(exchange).brokerId,
      ])
      return row !== undefined
    })
    expect(
      await desk.done(await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 })),
    ).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt(exchange, ['58000', '62000'])

    expect(
      await desk.done(await desk.send(exchange, { Action: 'MAJ', PourCent: 50, PrixSL: 59000, PrixTP: 63000 })),
    ).toEqual({
      status: 'EXECUTED',
      reason: null,
    })
    await desk.protectedAt(exchange, ['59000', '63000'])
    const all = await desk.exitsOf(exchange)
    expect(all.map(({ status }) => status).sort()).toEqual(
      [...(await desk.live(exchange)).map(({ status }) => status), 'CANCELED', 'CANCELED'].sort(),
    )
    const [first] = all
    const [second] = await desk.live(exchange)
    expect(
      d(second?.['quantity'] ?? '0')
        .times(2)
        .minus(d(first?.['quantity'] ?? '0'))
        .abs()
        .lte('0.0001'),
    ).toBe(true)
    await until(async () => (await desk.position(exchange))?.['wanted_exits'] === null, 10_000, 'nothing more wanted')
    const { stop_loss: stopLoss, take_profit: takeProfit } = (await desk.position(exchange)) ?? {}
    expect([Number(stopLoss), Number(takeProfit)]).toEqual([59_000, 63_000])
  })

  it('refuses what could not stand, and leaves what stands', async () => {
    const above = await desk.done(await desk.send(exchange, { Action: 'MAJ', PrixSL: 61000, PrixTP: 63000 }))
    expect(above).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('above the price') as string })
    const below = await desk.done(await desk.send(exchange, { Action: 'MAJ', PrixSL: 58000, PrixTP: 59000 }))
    expect(below).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('below the price') as string })
    // Too little to be sold: the market's rules are looked at before what stands is touched.
    const tiny = await desk.done(
      await desk.send(exchange, { Action: 'MAJ', PourCent: 0.001, PrixSL: 58000, PrixTP: 63000 }),
    )
    expect(tiny).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/smallest|worth at least/) as string })
    const none = await desk.done(await desk.send(exchange, { Action: 'MAJ' }))
    expect(none).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('needs one of them') as string })
    expect(await desk.live(exchange)).toHaveLength(2)
    expect((await desk.exitsOf(exchange)).filter(({ status }) => status === 'CANCELED')).toHaveLength(2)
  })

  it.each(exchange === 'binance' ? [{}, { PrixSL: 58500 }] : [{}])(
    'places the old ones again when the exchange refuses the new ones (%o)',
    async (stop) => {
      const before = await desk.live(exchange)
      // No exchange takes a price so far away, and none says so before it is asked.
      const id = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, ...stop, PrixTP: 900_000 })
      await until(async () => (await desk.done(id)).status === 'FAILED', 10_000, 'the refusal')
      await until(async () => (await desk.position(exchange))?.['wanted_exits'] === null, 10_000, 'nothing more wanted')
      expect((await desk.done(id)).reason).toMatch(
        /^The new stop and target were refused, those of before stand again\. .+/,
      )
      await desk.protectedAt(exchange, ['59000', '63000'])
      const terms = (rows: typeof before) => rows.map(({ purpose, quantity }) => [purpose, quantity])
      expect(terms(await desk.live(exchange))).toEqual(terms(before))
    },
  )

  it('executes at the new stop', async () => {
    await desk.done(await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 59500, PrixTP: 64000 }))
    await desk.protectedAt(exchange, ['59500', '64000'])
    await desk.moveTo('59000')
    await until(async () => (await desk.live(exchange)).length === 0, 15_000, 'no exits left')
    const ledger = await desk.ledgerOf(exchange)
    expect(ledger.fills.filter((fill) => fill.side === 'SELL').length).toBeGreaterThan(0)
    expect(ledger.orders.filter(({ status }) => status === 'ACCEPTED')).toEqual([])
  })
})

it('goes on where it was when the engine dies between the old exits and the new ones', async () => {
  const exchange = 'binance'
  await desk.done(await desk.send(exchange, { Action: 'BuyMarket', PourCent: 50 }))
  await desk.done(await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 }))
  await desk.protectedAt(exchange, ['58000', '62000'])
  // The cancels take long enough for the engine to die while they are under way.
  await desk.installation.control('PUT', 'faults', { path: 'DELETE', latencyMs: 1500 })
  const id = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58500, PrixTP: 62500 })
  await until(async () => {
    const [row] = await desk.installation.query('SELECT 1 FROM positions WHERE wanted_exits IS NOT NULL')
    return row !== undefined
  })
  await desk.installation.kill('engine')
  await desk.installation.control('PUT', 'faults', {})
  await desk.installation.start('engine')
  expect(await desk.done(id)).toMatchObject({ status: 'EXECUTED' })
  await desk.protectedAt(exchange, ['58500', '62500'])
}, 60_000)

const wantedAt = (stopLoss: string, takeProfit: string) => ({
  stopLoss: d(stopLoss),
  takeProfit: d(takeProfit),
  sizePercent: d('100'),
  previous: null,
  placed: null,
  isRestored: false,
  isKept: false,
  attempts: 0,
  sale: null,
})

describe('two looks at once', () => {
  const log = createLogger('test', 'silent')
  let bus: Bus
  let engine: ExitEngine
  beforeAll(() => {
    const onRejected = () => Promise.resolve()
    bus = createBus({ databaseUrl: desk.installation.databaseUrl, name: 'test', log, onRejected })
    const gateway = createGatewayCaller(bus, systemClock)
    const capabilitiesOf = createCapabilityReader(gateway, systemClock)
    engine = { bus, gateway, capabilitiesOf, fundsOf: createFundsReader(gateway), clock: systemClock, log }
  })
  afterAll(() => bus.close())

  it('the pair that one has placed is not canceled by the other', async () => {
    const exchange = 'bitget'
    await desk.done(await desk.send(exchange, { Action: 'BuyMarket', PourCent: 50 }))
    const webhookId = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 })
    await desk.done(webhookId)
    await desk.protectedAt(exchange, ['58000', '62000'])
    await desk.installation.kill('engine')
    const [position] = await desk.installation.query<{ id: string }>(
      'SELECT id FROM positions WHERE broker_id = $1 AND quantity > 0',
      [desk.accountOf(exchange).brokerId],
    )
    const id = position?.id ?? ''
    const terms = wantedAt('58000', '62000')
    await inTransaction((tx) => setWantedExits(tx, id, { webhookId, ...terms }))
    // This look knows what is wanted and comes to the executions, when the other one's pair and what it settled are written.
    await overtake(
      desk.installation,
      () => advanceExits(engine, id),
      'fills',
      (tx) => clearWantedExits(tx, id, { webhookId, ...terms }),
    )
    const asked = await desk.installation.query(
      'SELECT 1 FROM trades WHERE position_id = $1 AND cancel_requested_at >= (SELECT max(created_at) FROM trades WHERE position_id = $1)',
      [id],
    )
    expect(asked).toEqual([])
    expect(await desk.live(exchange)).toHaveLength(2)
  })

  it('one that cancels waits for a report that is being recorded, and holds nothing that the report needs', async () => {
    const exchange = 'bitget'
    const [position] = await desk.installation.query<{ id: string; webhook: string }>(
      'SELECT id, (SELECT max(id)::text FROM webhooks) AS webhook FROM positions WHERE broker_id = $1 AND quantity > 0',
      [desk.accountOf(exchange).brokerId],
    )
    const { id = '', webhook = '' } = position ?? {}
    const terms = wantedAt('58100', '62100')
    await inTransaction((tx) => setWantedExits(tx, id, { webhookId: webhook, ...terms }))
    const isWaiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
      AND query LIKE 'SELECT * FROM positions%FOR NO KEY UPDATE'`
    const begun = await inTransaction(async (tx) => {
      await lockPosition(tx, id)
      const started = { end: advanceExits(engine, id) }
      await until(
        async () => (await desk.installation.query(isWaiting))[0],
        15_000,
        'a look that waits for the position',
      )
      await tx.query('SELECT 1 FROM trades WHERE position_id = $1 FOR UPDATE NOWAIT', [id])
      return started
    })
    await begun.end
    await until(async () => (await desk.live(exchange)).length === 0, 15_000, 'the old pair canceled')
  })
})
