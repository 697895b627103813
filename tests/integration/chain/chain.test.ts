import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { requestExit } from '@/lib/use-cases/request-exit'
import { SAMPLE_STRATEGY } from '@/lib/use-cases/sample-strategy'
import { stopRun } from '@/lib/use-cases/stop-run'
import { openAccount, readLedger, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openJournal, totalOf } from '../../support/journal'
import { openDesk, strategyOf, type TradingDesk, turningStrategy } from '../../support/trading-desk'

const TICK = d('0.01')
let installation: Installation
let account: TestAccount
let desk: TradingDesk
let journal: ReturnType<typeof openJournal>

const priceTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
const usdt = () => totalOf(installation, account, 'USDT')

/** A run that enters at the next signal, with its position open and protected. */
async function enter(name: string) {
  const before = await usdt()
  const runId = await desk.run(account, strategyOf(name, { long: true }))
  const signal = await desk.signal(account, { closes: [60_000] })
  const legs = await journal.protectedBy(runId)
  // One entry is what the tests are about; a later signal must not make another.
  await installation.query('UPDATE active_strategies SET is_active = false WHERE id = $1', [runId])
  const position = await journal.position(runId)
  if (position === undefined) throw new Error('no position')
  return { runId, before, signal, ...legs, position }
}

/** The journal's realized P&L is the exchange's own movement of money and the cost of what is left, to the last decimal. */
async function expectRealized(runId: string, before: Awaited<ReturnType<typeof usdt>>) {
  const position = await journal.position(runId)
  const moved = (await usdt()).minus(before)
  const gained = moved.plus(d(position?.dust_cost ?? '0'))
  expect(d(position?.realized_pnl ?? '0').toFixed()).toBe(gained.toFixed())
  const trips = await installation.query('SELECT closed_at, realized_pnl FROM round_trips WHERE position_id = $1', [
    position?.id,
  ])
  expect(trips).toHaveLength(1)
  expect(trips[0]?.['closed_at']).not.toBeNull()
  expect(d(trips[0]?.['realized_pnl'] ?? '0').toFixed()).toBe(gained.toFixed())
  return gained
}

beforeAll(async () => {
  installation = await openInstallation('chain')
  desk = openDesk(installation)
  for (const daemon of ['simulator', 'gateway', 'engine', 'tracker'] as const) await installation.start(daemon)
  account = await openAccount(installation, 'chain-user', 'STRATEGY')
  journal = openJournal(installation)
})
beforeEach(async () => {
  await installation.control('PUT', 'faults', {})
  await priceTo('60000')
})
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('a position from entry to exit', () => {
  it('the sample strategy buys at a crossing, and stop and target rest at the exchange on the tick', async () => {
    const runId = await desk.run(account, SAMPLE_STRATEGY)
    await desk.signal(account, { closes: [60_000, 59_900, 59_800, 59_700, 59_600, 60_600] })
    const [decision] = await journal.decided(runId)
    expect(decision).toMatchObject({ outcome: 'DONE', kind: 'ENTER', reason: 'shouldLong' })
    const { target, stop } = await journal.protectedBy(runId)
    const [entry] = await journal.orders(runId, 'ENTRY')
    expect(entry).toMatchObject({ status: 'FILLED', side: 'BUY', source: 'STRATEGY' })

    const position = await journal.position(runId)
    const average = d(position?.average_entry_price ?? '0')
    expect(average.minus(60_000).abs().lt(100)).toBe(true)
    for (const [price, factor] of [
      [stop.stop_price, '0.99'],
      [target.limit_price, '1.02'],
    ] as const) {
      expect(
        d(price ?? '0')
          .mod(TICK)
          .isZero(),
      ).toBe(true)
      expect(
        d(price ?? '0')
          .minus(average.times(factor))
          .abs()
          .lte(TICK.div(2)),
      ).toBe(true)
    }
    const { orders } = await readLedger(installation, account)
    const resting = orders.filter((order) => order.status === 'ACCEPTED').map((order) => order.clientOrderId)
    expect(resting.sort()).toEqual([target.client_order_id, stop.client_order_id].sort())

    await stopRun(account.userId, runId)
    await requestExit(account.userId, runId, Date.now())
    await journal.flat(runId)
  }, 60_000)

  it('sells at the target: flat, P&L to the last decimal, the stop gone', async () => {
    const { runId, before, target, stop } = await enter('target')
    await priceTo(
      d(target.limit_price ?? '0')
        .plus(1)
        .toFixed(),
    )
    await desk.tick()
    await journal.flat(runId)
    const gained = await expectRealized(runId, before)
    expect(gained.gt(0)).toBe(true)
    const legs = await journal.orders(runId)
    expect(legs.find((leg) => leg.client_order_id === target.client_order_id)?.status).toBe('FILLED')
    expect(legs.find((leg) => leg.client_order_id === stop.client_order_id)?.status).toMatch(/EXPIRED|CANCELED/)
    const position = await journal.position(runId)
    expect([position?.stop_loss, position?.take_profit]).toEqual([null, null])
  }, 60_000)

  it('sells at the stop: flat, the loss to the last decimal, the target gone', async () => {
    const { runId, before, target, stop } = await enter('stop')
    await priceTo(
      d(stop.stop_price ?? '0')
        .minus(1)
        .toFixed(),
    )
    await desk.tick()
    await journal.flat(runId)
    const gained = await expectRealized(runId, before)
    expect(gained.lt(0)).toBe(true)
    const legs = await journal.orders(runId)
    expect(legs.find((leg) => leg.client_order_id === stop.client_order_id)?.status).toBe('FILLED')
    expect(legs.find((leg) => leg.client_order_id === target.client_order_id)?.status).toMatch(/EXPIRED|CANCELED/)
  }, 60_000)

  it('leaves when the strategy says so: the pair canceled, sold at market', async () => {
    const before = await usdt()
    const runId = await desk.run(account, turningStrategy('turn'))
    await desk.signal(account, { closes: [60_000, 60_100] })
    await journal.protectedBy(runId)
    await desk.signal(account, { closes: [60_000, 59_900] })
    const decisions = await journal.decided(runId, 2)
    expect(decisions.map((decision) => decision.kind)).toEqual(['ENTER', 'EXIT'])
    await journal.flat(runId)
    const orders = await journal.orders(runId)
    expect(orders.map((order) => [order.purpose, order.status]).sort()).toEqual([
      ['ENTRY', 'FILLED'],
      ['EXIT', 'FILLED'],
      ['STOP_LOSS', 'CANCELED'],
      ['TAKE_PROFIT', 'CANCELED'],
    ])
    await expectRealized(runId, before)
    await stopRun(account.userId, runId)
  }, 60_000)

  it('« Vendre » sells at market and leaves the run as it is', async () => {
    const { runId, before } = await enter('sell now')
    expect(await requestExit(account.userId, runId, Date.now())).toEqual({ isDone: true, runId })
    await journal.flat(runId)
    await expectRealized(runId, before)
    await until(async () => {
      const [run] = await installation.query<{ is_over: boolean }>(
        'SELECT exit_requested_at IS NULL AS is_over FROM active_strategies WHERE id = $1',
        [runId],
      )
      return run?.is_over
    })
  }, 60_000)
})

describe('signals', () => {
  it('delivered twice, at once and later: one decision, one order', async () => {
    const runId = await desk.run(account, strategyOf('twice', { long: true }))
    const signal = await desk.signal(account, { closes: [60_000] })
    await Promise.all([desk.publish(signal), desk.publish(signal), desk.publish(signal)])
    await journal.protectedBy(runId)
    await desk.publish(signal)
    await stopRun(account.userId, runId)
    await requestExit(account.userId, runId, Date.now())
    await journal.flat(runId)
    expect(await journal.decisions(runId)).toHaveLength(1)
    expect(await journal.orders(runId, 'ENTRY')).toHaveLength(1)
    const [run] = await installation.query('SELECT last_error FROM active_strategies WHERE id = $1', [runId])
    expect(run?.['last_error']).toBeNull()
  }, 60_000)

  it('late: a decision that says so, and no order', async () => {
    const runId = await desk.run(account, strategyOf('late', { long: true }))
    await desk.signal(account, { closes: [60_000], closeTime: Date.now() - 3 * 3_600_000 })
    const [decision] = await journal.decided(runId)
    expect(decision).toMatchObject({ outcome: 'SKIPPED', reason: expect.stringContaining('late') as string })
    expect(await journal.orders(runId)).toHaveLength(0)
    await stopRun(account.userId, runId)
  })

  it('a strategy that throws fails alone, with its line', async () => {
    const faulty = strategyOf('faulty', { long: true }).code.replace('return true', "throw new Error('no idea')")
    const broken = await desk.run(account, { name: 'faulty', code: faulty })
    const healthy = await desk.run(account, strategyOf('healthy', { long: true }))
    await desk.signal(account, { closes: [60_000] })
    const [decision] = await journal.decided(broken)
    expect(decision).toMatchObject({ outcome: 'FAILED', error_line: 2 })
    expect(decision?.error).toContain('no idea')
    const [run] = await installation.query('SELECT last_error FROM active_strategies WHERE id = $1', [broken])
    expect(run?.['last_error']).toContain('line 2')
    await journal.protectedBy(healthy)
    expect((await journal.decided(healthy))[0]?.outcome).toBe('DONE')
    for (const runId of [broken, healthy]) await stopRun(account.userId, runId)
    await requestExit(account.userId, healthy, Date.now())
    await journal.flat(healthy)
  }, 60_000)
})
