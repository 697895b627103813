import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { findInstrument, replaceInstruments } from '@/lib/db/instrument-repository'
import { adoptOrder } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import { ensurePosition, markToMarket } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { foldAll, type PositionFill } from '@/lib/domain/position/fold'
import { rebuildLedger, sweepOldDust } from '@/lib/use-cases/rebuild-ledger'
import {
  recordLateFills,
  recordReport,
  recordReports,
  type ReportContext,
  type ReportItem,
} from '@/lib/use-cases/record-report'
import { type Installation, openInstallation } from '../../support/installation'
import { openDesk, type TradingDesk } from '../../support/trading-desk'

// The ledger through the database: whatever way and however often executions arrive, it is what they make of it.

const SOURCES = ['MANUAL', 'STRATEGY', 'WEBHOOK', 'EXTERNAL'] as const
const START = Date.UTC(2026, 0, 5)
const FEE_PRICE = d('612.5')

let installation: Installation
let desk: TradingDesk
let brokerId: string
let userId: string
let markets = 0

const marketOf = (symbol: string): Instrument => ({
  symbol,
  exchangeSymbol: symbol.replace('/', ''),
  baseAsset: symbol.split('/')[0] ?? '',
  quoteAsset: 'USDT',
  tickSize: d('0.01'),
  stepSize: d('0.0001'),
  minQuantity: d('0.0001'),
  maxQuantity: d('9000'),
  marketStepSize: d('0.0001'),
  marketMaxQuantity: d('9000'),
  quoteStepSize: d('0.01'),
  minNotional: d('5'),
  isTrading: true,
  isOcoAllowed: true,
  orderTypes: ['MARKET'],
})
const SYMBOLS = Array.from({ length: 40 }, (_, index) => `C${index}/USDT`)

beforeAll(async () => {
  installation = await openInstallation('rebuild')
  desk = openDesk(installation)
  const user = await signUp({ name: 'ledger', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  userId = user.userId
  brokerId = await createBroker({
    userId,
    name: 'Paper',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: true,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  await replaceInstruments(brokerId, SYMBOLS.map(marketOf))
})
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

interface Step {
  order: number
  isBuy: boolean
  steps: number
  cents: number
  fee: 'USDT' | 'BNB' | 'BASE' | 'NONE'
  afterMs: number
}
const arbitraryStep: fc.Arbitrary<Step> = fc.record({
  order: fc.integer({ min: 0, max: 3 }),
  isBuy: fc.boolean(),
  steps: fc.integer({ min: 1, max: 30_000 }),
  cents: fc.integer({ min: 100, max: 5_000_000 }),
  fee: fc.constantFrom('USDT', 'BNB', 'BASE', 'NONE'),
  // Several within one millisecond: their numbers order them, 9 before 10.
  afterMs: fc.constantFrom(0, 0, 1, 700, 60_000),
})

/** Each order buys or sells, so that there are eight: four sources, two sides. */
const orderIdOf = (market: number, step: Step): string => `m${market}-${step.isBuy ? 'b' : 's'}${step.order}`

function fillsOf(market: number, symbol: string, steps: Step[]): Fill[] {
  let tradeTime = START
  return steps.map((step, index) => {
    tradeTime += step.afterMs
    const quantity = d(`${step.steps}e-4`)
    const price = d(`${step.cents}e-2`)
    const feeAsset = step.fee === 'BASE' ? marketOf(symbol).baseAsset : step.fee === 'NONE' ? 'USDT' : step.fee
    const fee =
      step.fee === 'NONE'
        ? d('0')
        : step.fee === 'USDT'
          ? quantity.times(price).times('0.001')
          : quantity.times(step.fee === 'BASE' ? '0.001' : '0.00013')
    return {
      exchangeTradeId: String(index + 1),
      exchangeOrderId: `x-${orderIdOf(market, step)}`,
      symbol,
      side: step.isBuy ? 'BUY' : 'SELL',
      price,
      quantity,
      quoteQuantity: quantity.times(price),
      fee: fee.toDecimalPlaces(12),
      feeAsset,
      liquidity: 'TAKER',
      tradeTime,
    }
  })
}

const reportOf = (clientOrderId: string, fill: Fill): ExchangeOrder => ({
  clientOrderId,
  exchangeOrderId: fill.exchangeOrderId,
  symbol: fill.symbol,
  side: fill.side,
  type: 'LIMIT',
  status: 'PARTIALLY_FILLED',
  quantity: d('9000'),
  filledQuantity: fill.quantity,
  filledQuoteQuantity: fill.quoteQuantity,
  createdTime: START,
  updatedTime: START,
  native: {},
})

const plain = (text: string | null | undefined): string => toWire(d(text ?? '0'))

/** A position with an order for every source and side that the steps name; nothing of it is executed yet. */
async function placeOrders(market: number, steps: Step[], fills: Fill[]): Promise<string> {
  const symbol = SYMBOLS[market] ?? ''
  await installation.query('DELETE FROM trades WHERE symbol = $1', [symbol])
  await installation.query('DELETE FROM positions WHERE symbol = $1', [symbol])
  return inTransaction(async (tx) => {
    const id = await ensurePosition(tx, { userId, brokerId, symbol })
    for (const [index, step] of steps.entries()) {
      const clientOrderId = orderIdOf(market, step)
      const report = reportOf(clientOrderId, fills[index] as Fill)
      await adoptOrder(tx, { userId, brokerId, positionId: id, clientOrderId, report }, START)
      await tx.query('UPDATE trades SET source = $2 WHERE client_order_id = $1', [clientOrderId, SOURCES[step.order]])
    }
    return id
  })
}

/** Position, round trips and what each order realized must be what the raw fills make of them. */
async function expectLedgerOf(market: number, steps: Step[], fills: Fill[], positionId: string): Promise<void> {
  const instrument = marketOf(SYMBOLS[market] ?? '')
  const raw = fills.map((fill): PositionFill => {
    const price = fill.feeAsset === 'USDT' ? d('1') : fill.feeAsset === 'BNB' ? FEE_PRICE : fill.price
    return { ...fill, feeInQuote: fill.fee.times(price).toDecimalPlaces(18) }
  })
  const { state, roundTrips, realized } = foldAll(raw, instrument)
  const [stored] = await installation.query('SELECT * FROM positions WHERE id = $1', [positionId])
  expect(
    ['quantity', 'cost', 'dust_quantity', 'dust_cost', 'realized_pnl'].map((name) => plain(stored?.[name])),
  ).toEqual([state.quantity, state.cost, state.dust.quantity, state.dust.cost, state.realizedPnl].map(toWire))
  const trips = await installation.query('SELECT * FROM round_trips WHERE position_id = $1 ORDER BY number', [
    positionId,
  ])
  expect(trips.map((trip) => plain(trip['realized_pnl']))).toEqual(roundTrips.map((trip) => toWire(trip.realizedPnl)))
  for (const id of new Set(steps.map((step) => orderIdOf(market, step)))) {
    const own = realized.filter((_, index) => orderIdOf(market, steps[index] as Step) === id)
    const [row] = await installation.query(
      'SELECT realized_pnl, filled_quantity FROM trades WHERE client_order_id = $1',
      [id],
    )
    expect(plain(row?.['realized_pnl'])).toBe(toWire(own.reduce((total, one) => total.plus(one), d('0'))))
    const filled = fills.filter((_, index) => orderIdOf(market, steps[index] as Step) === id)
    expect(plain(row?.['filled_quantity'])).toBe(
      toWire(filled.reduce((total, one) => total.plus(one.quantity), d('0'))),
    )
  }
}

const contextOf = (symbol: string): ReportContext => ({
  bus: desk.bus,
  now: START,
  brokerId,
  instrument: marketOf(symbol),
  feePriceOf: () => Promise.resolve(FEE_PRICE),
})

describe('the ledger in the database', () => {
  it('is what the raw fills make of it, in any order of arrival and with duplicates', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryStep, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 12, maxLength: 30 }),
        async (steps, arrivals) => {
          const market = markets++ % SYMBOLS.length
          const symbol = SYMBOLS[market] ?? ''
          const fills = fillsOf(market, symbol, steps)
          const positionId = await placeOrders(market, steps, fills)
          const context = contextOf(symbol)
          // At random first, some by an order's own report; then all once more, so that each has come at least once.
          const order = [...arrivals.map(([at]) => at % steps.length), ...steps.keys()]
          for (const [turn, index] of order.entries()) {
            const step = steps[index] as Step
            const fill = fills[index] as Fill
            const id = orderIdOf(market, step)
            if (arrivals[turn]?.[1] ?? false) await recordReport(context, id, { ...reportOf(id, fill), fills: [fill] })
            else await recordLateFills(context, id, [fill])
          }
          await expectLedgerOf(market, steps, fills, positionId)
        },
      ),
      { numRuns: 40 },
    )
    expect((await rebuildLedger(true, START)).differences).toEqual([])
  }, 60_000)

  it('is the same when several record at once, many reports together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryStep, { minLength: 2, maxLength: 12 }),
        fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), { minLength: 4, maxLength: 8 }),
        async (steps, batches) => {
          const market = markets++ % SYMBOLS.length
          const symbol = SYMBOLS[market] ?? ''
          const fills = fillsOf(market, symbol, steps)
          const positionId = await placeOrders(market, steps, fills)
          const context = contextOf(symbol)
          const itemsOf = (indexes: number[]): ReportItem[] => {
            const unique = [...new Set(indexes)]
            const idOf = (index: number): string => orderIdOf(market, steps[index] as Step)
            return [...new Set(unique.map(idOf))].map((clientOrderId) => {
              const own = unique.filter((index) => idOf(index) === clientOrderId)
              const said = own.map((index) => fills[index] as Fill)
              const isReport = said.length === 1 && (own[0] ?? 0) % 2 === 0
              const report = { ...reportOf(clientOrderId, said[0] as Fill), fills: said }
              return { context, clientOrderId, said: isReport ? report : said }
            })
          }
          // Two at a time, each with a part of all; the price of the position moves under them.
          const all = [...batches.map((batch) => batch.map((at) => at % steps.length)), [...steps.keys()]]
          for (let turn = 0; turn < all.length; turn += 2)
            await Promise.all([
              ...all.slice(turn, turn + 2).map((indexes) => recordReports(itemsOf(indexes))),
              markToMarket(brokerId, symbol, d(String(100 + turn))),
            ])
          await expectLedgerOf(market, steps, fills, positionId)
        },
      ),
      { numRuns: 40 },
    )
    expect((await rebuildLedger(true, START)).differences).toEqual([])
  }, 60_000)

  it('counts reports that were recorded together as new as the newest of them', async () => {
    const market = markets++ % SYMBOLS.length
    const steps = [0, 1].map((order): Step => ({ order, isBuy: true, steps: 1, cents: 100, fee: 'NONE', afterMs: 1 }))
    const fills = fillsOf(market, SYMBOLS[market] ?? '', steps)
    const positionId = await placeOrders(market, steps, fills)
    const times = [START + 70_000, START + 60_000]
    await recordReports(
      fills.map((fill, index) => {
        const clientOrderId = orderIdOf(market, steps[index] as Step)
        const context = { ...contextOf(SYMBOLS[market] ?? ''), now: times[1 - index] ?? 0 }
        return { context, clientOrderId, said: { ...reportOf(clientOrderId, fill), fills: [fill] } }
      }),
    )
    // Funds that were read between the two do not contain the second execution: nothing may look older than them.
    const rows = await installation.query<{ at: Date }>('SELECT updated_at AS at FROM trades WHERE position_id = $1', [
      positionId,
    ])
    expect(rows.map(({ at }) => at.getTime())).toEqual([times[0], times[0]])
  })

  it('is put right by a rebuild, which says what was wrong', async () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'scripts/ledger.ts', 'rebuild', ...args], {
        encoding: 'utf8',
        env: { ...process.env, ...installation.env },
      })
    const [position] = await installation.query<{ id: string }>(
      'SELECT id FROM positions p WHERE EXISTS (SELECT 1 FROM round_trips r WHERE r.position_id = p.id) LIMIT 1',
    )
    const id = position?.id
    await installation.query('UPDATE positions SET realized_pnl = realized_pnl + 1e-18, cost = 7 WHERE id = $1', [id])
    await installation.query('DELETE FROM round_trips WHERE position_id = $1 AND number = 1', [id])
    await installation.query(
      `UPDATE trades SET realized_pnl = 3, filled_quantity = 0
       WHERE client_order_id = (SELECT client_order_id FROM fills WHERE position_id = $1 LIMIT 1)`,
      [id],
    )
    const before = run('--check')
    expect(before.status, before.stderr).toBe(1)
    for (const what of [
      ': realizedPnl: ',
      ': cost: 7 stored',
      ': roundTrip 1 cost: nothing stored',
      ' filledQuantity: 0',
    ])
      expect(before.stdout).toContain(what)
    // A check writes nothing.
    expect(run('--check').stdout).toBe(before.stdout)
    expect(run().status).toBe(0)
    const after = run('--check')
    expect([after.status, after.stdout]).toEqual([0, expect.stringContaining(' 0 differences') as string])
  }, 60_000)

  it('of before dust was set aside is folded anew when the database is brought up to date', async () => {
    const market = markets++ % SYMBOLS.length
    const symbol = SYMBOLS[market] ?? ''
    const step = { cents: 10_000, fee: 'NONE', afterMs: 1 } as const
    // 1 at 100, of which 0.97 are sold: 0.03 for 3 are dust. It used to be written off.
    const steps: Step[] = [
      { ...step, order: 0, isBuy: true, steps: 10_000 },
      { ...step, order: 0, isBuy: false, steps: 9700 },
    ]
    const fills = fillsOf(market, symbol, steps)
    const id = await placeOrders(market, steps, fills)
    const context = contextOf(symbol)
    for (const [index, step] of steps.entries())
      await recordLateFills(context, orderIdOf(market, step), [fills[index] as Fill])
    await installation.query(
      'UPDATE positions SET dust_quantity = NULL, dust_cost = NULL, realized_pnl = -3 WHERE id = $1',
      [id],
    )
    await installation.query(
      'UPDATE round_trips SET cost = 100, bought = 1, realized_pnl = -3 WHERE position_id = $1',
      [id],
    )
    expect(await sweepOldDust(START)).toBe(1)
    await expectLedgerOf(market, steps, fills, id)
    expect(await sweepOldDust(START)).toBe(0)
    expect((await rebuildLedger(true, START)).differences).toEqual([])
  })

  it('does not change when the exchange changes its minimums, or no longer lists the market', async () => {
    await replaceInstruments(
      brokerId,
      SYMBOLS.slice(1).map((symbol) => ({ ...marketOf(symbol), minNotional: d('100000') })),
    )
    expect(await findInstrument(brokerId, SYMBOLS[0] ?? '')).toBeNull()
    expect((await rebuildLedger(true, START)).differences).toEqual([])
  })
})
