import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { inTransaction, type Queryable, refusedBy } from '@/lib/db/transaction'
import { parseDecimal as d, sum } from '@/lib/domain/money/decimal'
import { systemClock } from '@/lib/platform/clock'
import { createLogger } from '@/lib/platform/logger'
import { advanceRun } from '@/lib/use-cases/advance-run'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { requestExit } from '@/lib/use-cases/request-exit'
import { openAccount, type TestAccount } from '../../support/account'
import { openExchange } from '../../support/exchange'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openJournal, totalOf } from '../../support/journal'
import { overtake } from '../../support/overtake'
import { openDesk, strategyOf, type TradingDesk } from '../../support/trading-desk'

// What the exchange does not hold, the engine holds; what the exchange refuses is not hammered.

let installation: Installation
let account: TestAccount
let desk: TradingDesk
let journal: ReturnType<typeof openJournal>

const priceTo = (price: string, symbol = 'BTCUSDT') =>
  installation.control('PUT', 'price', { symbol, price, hold: true })
const endRuns = () => installation.query('UPDATE active_strategies SET is_active = false')

beforeAll(async () => {
  installation = await openInstallation('supervision', { HEARTBEAT_SYMBOLS: 'BTC/USDT,ETH/USDT' })
  desk = openDesk(installation)
  for (const daemon of ['simulator', 'gateway', 'engine', 'tracker', 'heartbeat'] as const)
    await installation.start(daemon)
  account = await openAccount(installation, 'supervised', 'STRATEGY')
  journal = openJournal(installation)
})
beforeEach(() => priceTo('60000'))
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('twenty runs due on one signal', () => {
  it('are all decided; the stops that the exchange cannot hold are held by the engine', async () => {
    const before = await totalOf(installation, account, 'USDT')
    const runs: string[] = []
    for (let i = 0; i < 20; i++) runs.push(await desk.run(account, strategyOf(`run ${i}`, { long: true })))
    await desk.signal(account, { closes: [60_000] })
    for (const run of runs) expect((await journal.decided(run))[0]).toMatchObject({ outcome: 'DONE', kind: 'ENTER' })
    await endRuns()
    const held = () =>
      installation.query<{ run_id: string; n: number }>(
        "SELECT run_id, count(*)::int AS n FROM trades WHERE purpose = 'STOP_LOSS' AND status = 'ACCEPTED' GROUP BY run_id",
      )
    // The exchange holds five stops a market for one account, and refuses the others.
    await until(async () => (await held()).length === 5, 20_000, 'five stops at the exchange')
    const settled = await until(async () => {
      const rows = await installation.query<{ n: number }>(
        "SELECT count(DISTINCT run_id)::int AS n FROM trades WHERE purpose = 'STOP_LOSS' AND status IN ('REJECTED', 'ACCEPTED')",
      )
      return rows[0]?.n === 20 && rows
    }, 20_000)
    expect(settled[0]?.n).toBe(20)
    for (const run of runs) {
      const position = await journal.position(run)
      expect(position?.stop_loss).not.toBeNull()
    }

    await priceTo('59000')
    await desk.tick(true)
    await desk.tick()
    for (const run of runs) await journal.flat(run, 40_000)
    const positions = await Promise.all(runs.map((run) => journal.position(run)))
    const realized = sum(positions.map((position) => d(position?.realized_pnl ?? '0')))
    const left = sum(positions.map((position) => d(position?.dust_cost ?? '0')))
    const moved = (await totalOf(installation, account, 'USDT')).minus(before)
    expect(realized.toFixed()).toBe(moved.plus(left).toFixed())
    expect(realized.lt(0)).toBe(true)
    for (const run of runs) {
      const orders = await journal.orders(run)
      expect(orders.filter((order) => order.purpose === 'EXIT').length).toBeLessThanOrEqual(1)
      // One pair, refused or not: no storm of attempts.
      expect(orders.filter((order) => order.purpose === 'STOP_LOSS')).toHaveLength(1)
    }
  }, 120_000)
})

describe('an exit that the exchange refuses', () => {
  it('is tried again from time to time, and sold when the coins are there', async () => {
    const runId = await desk.run(account, strategyOf('coinless', { long: true }))
    await desk.signal(account, { closes: [60_000] })
    const { stop } = await journal.protectedBy(runId)
    await endRuns()
    // Somebody empties the account at the exchange's own site; the engine may be quick and protect the position anew.
    const exchange = await openExchange(installation, account)
    const position = await journal.position(runId)
    const quantity = d(position?.quantity ?? '0')
    await until(
      async () => {
        await exchange.cancelAll('BTC/USDT')
        return exchange.sell('BTC/USDT', quantity).then(
          () => true,
          () => false,
        )
      },
      20_000,
      'the coins sold',
    )
    expect(await requestExit(account.userId, runId, Date.now())).toEqual({ isDone: true, runId })
    const refused = () =>
      installation.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM trades WHERE run_id = $1 AND purpose = 'EXIT' AND status = 'REJECTED'",
        [runId],
      )
    await until(async () => (await refused())[0]?.n === 1, 20_000, 'a refused exit')
    const seen = await until(async () => {
      const [row] = await installation.query<{ status: string }>(
        'SELECT status FROM trades WHERE client_order_id = $1',
        [stop.client_order_id],
      )
      return row?.status === 'CANCELED' && row
    })
    expect(seen.status).toBe('CANCELED')
    await installation.control('POST', 'deposits', { apiKey: account.apiKey, asset: 'BTC', amount: '1' })
    await journal.flat(runId)
    expect((await refused())[0]?.n).toBeLessThanOrEqual(2)
    await exchange.close()
  }, 60_000)
})

describe('two looks at once', () => {
  it('a pair is not placed when the way out, or a refusal, came between look and order', async () => {
    const runId = await desk.run(account, strategyOf('looked at twice', { long: true }))
    await desk.signal(account, { closes: [60_000] })
    const { stop, target } = await journal.protectedBy(runId)
    await endRuns()
    await installation.kill('engine')
    const canceled = [stop.client_order_id, target.client_order_id]
    for (const id of canceled) await cancelOrder(desk.bus, id, Date.now())
    await until(async () => (await journal.orders(runId, 'STOP_LOSS'))[0]?.status === 'CANCELED')

    const gateway = createGatewayCaller(desk.bus, systemClock)
    const capabilities = await gateway.call(account.brokerId, 'capabilities', {})
    /** A look during which something happens: just before it asks for the `at`-th time what the exchange can do. */
    const look = async (at: number, happens: () => Promise<unknown>): Promise<void> => {
      let asked = 0
      const capabilitiesOf = async () => {
        asked += 1
        if (asked === at) await happens()
        return capabilities
      }
      const log = createLogger('test', 'silent')
      await advanceRun({ bus: desk.bus, gateway, capabilitiesOf, clock: systemClock, log }, runId)
      expect(asked).toBe(2)
    }
    const stops = async () => (await journal.orders(runId, 'STOP_LOSS')).length

    await look(1, () => requestExit(account.userId, runId, Date.now()))
    expect(await stops()).toBe(1)
    await installation.query(
      'UPDATE active_strategies SET exit_requested_at = NULL, exit_reason = NULL WHERE id = $1',
      [runId],
    )
    const refuse = (status: string) =>
      installation.query(
        `UPDATE trades SET status = $2::"OrderStatus", error_message = 'refused', closed_at = now() WHERE client_order_id = $1`,
        [stop.client_order_id, status],
      )
    // The target, kept here, was canceled with the stop that the exchange refused: the pair is refused all the same.
    await look(2, () => refuse('REJECTED'))
    expect(await stops()).toBe(1)
    await refuse('CANCELED')
    await look(2, () => Promise.resolve())
    expect(await stops()).toBe(2)

    // Who places a second stop waits for who is at work on the first, holds nothing up meanwhile, and is refused.
    const live = (await journal.orders(runId, 'STOP_LOSS')).at(-1)?.client_order_id
    const touch = (tx: Queryable) => tx.query('UPDATE trades SET updated_at = now() WHERE client_order_id = $1', [live])
    const second = await inTransaction(async (tx) => {
      await touch(tx)
      const placed = installation
        .query(
          `INSERT INTO trades SELECT (jsonb_populate_record(t, '{"client_order_id":"second","exchange_order_id":null}')).*
           FROM trades t WHERE client_order_id = $1`,
          [live],
        )
        .catch((error: unknown) => error)
      const isWaiting =
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO trades%'"
      await until(async () => (await installation.query(isWaiting))[0], 15_000, 'a second stop that waits')
      await touch(tx)
      return { placed }
    })
    expect(refusedBy(await second.placed)).toBe('trades_one_live_purpose')

    // Nothing was held when this look began; by the time it comes to the orders, the pair of a purchase stands.
    const position = await journal.position(runId)
    const hold = (tx: Queryable, quantity: string, cost: string) =>
      tx.query('UPDATE positions SET quantity = $2, cost = $3 WHERE run_id = $1', [runId, quantity, cost])
    await inTransaction((tx) => hold(tx, '0', '0'))
    const capabilitiesOf = () => Promise.resolve(capabilities)
    const log = createLogger('test', 'silent')
    await overtake(
      installation,
      () => advanceRun({ bus: desk.bus, gateway, capabilitiesOf, clock: systemClock, log }, runId),
      'exchange_symbols',
      (tx) => hold(tx, position?.quantity ?? '', position?.cost ?? ''),
    )
    expect((await journal.orders(runId, 'STOP_LOSS')).at(-1)).toMatchObject({ cancel_requested_at: null })
    await gateway.close()

    await installation.start('engine')
    await requestExit(account.userId, runId, Date.now())
    await journal.flat(runId)
  }, 60_000)
})

describe('the real minute', () => {
  it('closes at the heartbeat, is decided on and traded', async () => {
    const runId = await desk.run(account, strategyOf('minute', { long: true }), { symbol: 'ETH/USDT', timeframe: '1m' })
    const { target } = await journal.protectedBy(runId, 150_000)
    await endRuns()
    const [decision] = await journal.decisions(runId)
    expect(decision).toMatchObject({ outcome: 'DONE', kind: 'ENTER' })
    const [signal] = await installation.query(
      `SELECT h.close FROM strategy_decisions d JOIN candles_heartbeat h ON h.signal_id = d.signal_id
       JOIN candles c ON c.symbol = h.symbol AND c.timeframe = h.timeframe AND c.close_time = h.close_time
       WHERE d.run_id = $1 AND h.symbol = 'ETH/USDT' AND c.close = h.close AND c.broker_id = $2`,
      [runId, account.brokerId],
    )
    expect(signal).toBeDefined()
    await priceTo(
      d(target.limit_price ?? '0')
        .plus(1)
        .toFixed(),
      'ETHUSDT',
    )
    // The heartbeat's own ticks find it.
    await journal.flat(runId, 30_000)
    expect(d((await journal.position(runId))?.realized_pnl ?? '0').gt(0)).toBe(true)
  }, 240_000)
})
