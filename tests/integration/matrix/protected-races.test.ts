import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { type ExitDesk, openExitDesk } from '../../support/exit-desk'
import { until } from '../../support/installation'

// Alerts that come while the stop and target of a position are being exchanged, a market that moves meanwhile, and an exchange
// that is slow: the position keeps its stop, and no other gets it.

type Exchange = 'binance' | 'bitget' | 'kucoin'
const EXCHANGES = ['binance', 'bitget', 'kucoin'] as const
const BOTH = ['58000', '62000']
const PAIR = ['STOP_LOSS', 'TAKE_PROFIT']
/** What of a request's path tells that it places a sale at market, and what that it places a stop or a pair. */
const PLACES_SALE = { binance: 'POST /api/v3/order', bitget: 'place-order', kucoin: 'hf/orders' }
const PLACES_EXITS = { binance: 'rderList', bitget: 'plan-order', kucoin: 'stop-order' }

let desk: ExitDesk
beforeAll(async () => {
  desk = await openExitDesk('races')
}, 90_000)
beforeEach(() => desk.moveTo('60000'))
afterEach(() => faults({}))
afterAll(() => desk.close())

const faults = (settings: Record<string, unknown>) => desk.installation.control('PUT', 'faults', settings)
const held = (exchange: Exchange) => desk.held(exchange)
const send = (exchange: Exchange, Action: string, fields: Record<string, number> = {}) =>
  desk.send(exchange, { Action, PourCent: 100, ...fields })
const settled = (exchange: Exchange) => desk.settled(exchange)
const gone = (exchange: Exchange) => desk.gone(exchange)
const purposes = async (exchange: Exchange) => (await desk.live(exchange)).map(({ purpose }) => purpose).sort()

const buyAndProtect = (exchange: Exchange) => desk.buyAndProtect(exchange)

const sellAll = (exchange: Exchange) => desk.sellAll(exchange)

describe.each(EXCHANGES)('at %s', (exchange) => {
  it('what is bought at once after a sale of the whole gets no stop of before', async () => {
    for (let round = 0; round < 2; round++) {
      await buyAndProtect(exchange)
      const sale = await send(exchange, 'SellMarket')
      const purchase = await send(exchange, 'BuyMarket', { PourCent: 10 })
      for (const id of [sale, purchase]) expect(await desk.done(id)).toMatchObject({ status: 'EXECUTED' })
      await until(async () => (await held(exchange)).gt(0), 10_000, 'bought again')
      await settled(exchange)
      await sleep(600)
      expect(await desk.live(exchange)).toEqual([])
      await sellAll(exchange)
    }
  })

  it('a second sale while the exits of the first are on their way leaves both a stop and a target', async () => {
    await buyAndProtect(exchange)
    const before = await held(exchange)
    await faults({ path: PLACES_SALE[exchange], latencyMs: 500 })
    const first = await send(exchange, 'SellMarket', { PourCent: 50 })
    await gone(exchange)
    await faults({ path: PLACES_EXITS[exchange], latencyMs: 1500 })
    expect(await desk.done(first)).toMatchObject({ status: 'EXECUTED' })
    const second = await send(exchange, 'SellMarket', { PourCent: 50 })
    await sleep(1000)
    await faults({})
    expect(await desk.done(second)).toMatchObject({ status: 'EXECUTED' })
    await until(async () => (await held(exchange)).lt(before.times('0.26')), 15_000, 'a quarter is left')
    await settled(exchange)
    await desk.protectedAt(exchange, BOTH)
    const left = await held(exchange)
    for (const { quantity } of await desk.live(exchange)) expect(d(quantity ?? '0').lte(left)).toBe(true)
    await sellAll(exchange)
  })

  it('a sale is placed when the price has passed the stop before it could come back', async () => {
    await buyAndProtect(exchange)
    await faults({ path: PLACES_SALE[exchange], latencyMs: 800 })
    const id = await send(exchange, 'SellMarket', { PourCent: 50 })
    await gone(exchange)
    await desk.moveTo('57900')
    await sleep(200)
    await faults({})
    expect(await desk.done(id)).toMatchObject({ status: 'EXECUTED' })
    await until(async () => (await held(exchange)).isZero(), 15_000, 'all is sold')
    await settled(exchange)
    await gone(exchange)
  })
})

describe.each(EXCHANGES)('at %s, in a market that moves', (exchange) => {
  const buyAndCover = async (percent: number) => {
    await sleep(600)
    expect(await desk.done(await send(exchange, 'BuyMarket', { PourCent: 30 }))).toMatchObject({ status: 'EXECUTED' })
    await until(async () => (await held(exchange)).gt(0), 10_000, 'bought')
    const exits = { PourCent: percent, PrixSL: 58000, PrixTP: 62000 }
    expect(await desk.done(await send(exchange, 'MAJ', exits))).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt(exchange, BOTH)
    await settled(exchange)
    return held(exchange)
  }

  it('a target that is reached sells what it covers, and nothing more', async () => {
    const before = await buyAndCover(50)
    await desk.moveTo('62001')
    await until(async () => (await held(exchange)).lt(before), 10_000, 'the target is executed')
    await gone(exchange)
    await sleep(1500)
    expect((await held(exchange)).div(before).toDecimalPlaces(2).toFixed()).toBe('0.5')
    await desk.moveTo('60000')
    await sellAll(exchange)
  })

  it('a stop that a thin market executes in part goes on selling', async () => {
    const before = await buyAndCover(100)
    await faults({ partialFills: 0.3 })
    await desk.moveTo('57900')
    await until(async () => (await held(exchange)).lt(before), 10_000, 'a part is sold')
    await faults({})
    await until(async () => (await held(exchange)).isZero(), 20_000, 'all is sold')
    await settled(exchange)
    await gone(exchange)
  })
})

describe('at an exchange that ends a stop, refuses cancels, or is slow', () => {
  it('a stop that ended when the target was executed in part comes back for the rest', async () => {
    await buyAndProtect('binance')
    const before = await held('binance')
    await faults({ partialFills: 0.3 })
    await desk.moveTo('62001')
    await until(async () => (await held('binance')).lt(before), 10_000, 'a part is sold')
    await desk.moveTo('60500')
    await faults({})
    await until(async () => JSON.stringify(await purposes('binance')) === JSON.stringify(PAIR), 15_000, 'both again')
    await desk.protectedAt('binance', BOTH)
    const left = await held('binance')
    expect(left.gt(0)).toBe(true)
    for (const { quantity } of await desk.live('binance')) {
      expect(d(quantity ?? '0').lte(left)).toBe(true)
      expect(d(quantity ?? '0').gt(left.times('0.98'))).toBe(true)
    }
  })

  it('a look that asked for the funds while the new ones were placed takes nothing back', async () => {
    await faults({ path: 'GET /api/v3/account', latencyMs: 300 })
    const id = await send('binance', 'MAJ', { PrixSL: 58200, PrixTP: 62200 })
    expect(await desk.done(id, 30_000)).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt('binance', ['58200', '62200'])
    await sleep(2000)
    expect(await desk.done(id)).toMatchObject({ status: 'EXECUTED', reason: null })
    const { stop_loss: stopLoss, wanted_exits: wanted } = (await desk.position('binance')) ?? {}
    expect([Number(stopLoss), wanted]).toEqual([58_200, null])
  })

  it('an account whose exchange is slow keeps no other’s stop away', async () => {
    await buyAndProtect('bitget')
    await faults({ path: 'account/assets', latencyMs: 6000 })
    const slow = await send('bitget', 'MAJ', { PrixSL: 58500, PrixTP: 62000 })
    await gone('bitget')
    const before = await held('binance')
    const quick = await send('binance', 'SellMarket', { PourCent: 50 })
    await until(async () => (await held('binance')).lt(before), 15_000, 'half is sold')
    await until(async () => (await desk.live('binance')).length === 2, 15_000, 'protected again')
    await faults({})
    for (const id of [slow, quick]) expect(await desk.done(id, 30_000)).toMatchObject({ status: 'EXECUTED' })
    // A moment of the journal's own: it is too short to be looked for.
    const [bare] = await desk.installation.query<{ ms: number }>(
      `SELECT 1000 * extract(epoch FROM max(created_at) - max(closed_at))::float AS ms FROM trades
       WHERE broker_id = $1 AND purpose IN ('STOP_LOSS', 'TAKE_PROFIT')`,
      [desk.accountOf('binance').brokerId],
    )
    expect(bare?.ms).toBeGreaterThanOrEqual(0)
    expect(bare?.ms).toBeLessThan(5000)
  })

  it('a cancel that is refused is not asked for again and again', async () => {
    await settled('binance')
    await faults({ path: 'DELETE', httpStatus: { status: 503, count: 100_000 } })
    const id = await send('binance', 'MAJ', { PrixSL: 58500, PrixTP: 62000 })
    await until(async () => (await desk.position('binance'))?.['wanted_exits'] != null, 10_000, 'it is wanted')
    await sleep(4000)
    const [asked] = await desk.installation.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM order_events e JOIN trades t USING (client_order_id)
       WHERE t.broker_id = $1 AND e.kind = 'REQUEST_CANCEL' AND e.occurred_at > now() - interval '4 seconds'`,
      [desk.accountOf('binance').brokerId],
    )
    expect(asked?.n).toBeLessThan(10)
    await faults({})
    expect(await desk.done(id, 30_000)).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt('binance', ['58500', '62000'])
  })
})
