import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { placeOrder } from '@/lib/use-cases/place-order'
import { type ExitDesk, openExitDesk } from '../../support/exit-desk'
import { until } from '../../support/installation'

// What alerts do at an account whose position has a stop and a target: they are not held up by them, a sale goes through, and
// what is left of the position stays protected.

type Exchange = 'binance' | 'bitget' | 'kucoin'
const BOTH = ['58000', '62000']
/** Far less than the ten seconds after which what was claimed is given back. */
const SOON_MS = 4000

let desk: ExitDesk
beforeAll(async () => {
  desk = await openExitDesk('protected')
}, 90_000)
beforeEach(() => desk.moveTo('60000'))
afterAll(() => desk.close())

const executed = { status: 'EXECUTED', reason: null }
const buy = async (exchange: Exchange, PourCent: number): Promise<void> => {
  expect(await desk.done(await desk.send(exchange, { Action: 'BuyMarket', PourCent }))).toMatchObject(executed)
}
const protect = async (exchange: Exchange): Promise<void> => {
  const id = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 })
  expect(await desk.done(id)).toMatchObject(executed)
  await desk.protectedAt(exchange, BOTH)
}
const held = (exchange: Exchange) => desk.held(exchange)
const settled = (exchange: Exchange) => desk.settled(exchange)

describe.each(['binance', 'bitget', 'kucoin'] as const)('at %s', (exchange) => {
  it('alerts behind a stop and a target that stand do not wait for their end', async () => {
    await buy(exchange, 30)
    await protect(exchange)
    expect(await desk.done(await desk.send(exchange, { Action: 'PING' }), SOON_MS)).toMatchObject({
      status: 'EXECUTED',
    })
    const more = await desk.send(exchange, { Action: 'BuyMarket', PourCent: 10 })
    expect(await desk.done(more, SOON_MS)).toMatchObject(executed)
  })

  it('a purchase that waits for its price does not keep a stop from being moved', async () => {
    const limit = await desk.send(exchange, { Action: 'BuyLimit', PourCent: 10, Prix: 50_000 })
    expect(await desk.done(limit)).toMatchObject(executed)
    const moved = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 58500, PrixTP: 62500 })
    expect(await desk.done(moved, 8000)).toMatchObject(executed)
    await desk.protectedAt(exchange, ['58500', '62500'])
    await settled(exchange)
  })

  it('what is too small to be sold is refused, and nothing is touched', async () => {
    const before = await desk.exitsOf(exchange)
    const tiny = await desk.done(await desk.send(exchange, { Action: 'SellMarket', PourCent: 0.0001 }), SOON_MS)
    expect(tiny).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/smallest|worth at least/) as string })
    expect(await desk.exitsOf(exchange)).toEqual(before)
  })

  it('a sale of half goes through, and the rest keeps its stop and target', async () => {
    const before = await held(exchange)
    const sale = await desk.done(await desk.send(exchange, { Action: 'SellMarket', PourCent: 50 }), 10_000)
    expect(sale).toMatchObject(executed)
    await until(async () => (await held(exchange)).lt(before.times('0.51')), 10_000, 'half is sold')
    expect((await held(exchange)).gt(before.times('0.49'))).toBe(true)
    await desk.protectedAt(exchange, ['58500', '62500'])
    await settled(exchange)
    const left = await held(exchange)
    for (const { quantity } of await desk.live(exchange)) {
      expect(d(quantity ?? '0').lte(left)).toBe(true)
      expect(d(quantity ?? '0').gt(left.times('0.98'))).toBe(true)
    }
  })

  it('a sale of the whole goes through, and no stop is left for the next purchase', async () => {
    const sale = await desk.done(await desk.send(exchange, { Action: 'SellMarket', PourCent: 100 }), 10_000)
    expect(sale).toMatchObject(executed)
    await until(async () => (await held(exchange)).isZero(), 10_000, 'all is sold')
    await settled(exchange)
    expect(await desk.live(exchange)).toEqual([])
    const { orders } = await desk.ledgerOf(exchange)
    expect(
      orders.filter(({ side, status }) => side === 'SELL' && status !== 'FILLED' && status !== 'CANCELED'),
    ).toEqual([])
  })
})

it('at binance, whose pairs hold the coins, a limited sale is told so', async () => {
  await buy('binance', 20)
  await until(async () => (await held('binance')).gt(0), 10_000, 'bought')
  await protect('binance')
  const limited = await desk.send('binance', { Action: 'SellLimit', PourCent: 100, Prix: 70_000 })
  expect(await desk.done(limited, SOON_MS)).toMatchObject({
    status: 'FAILED',
    reason: 'There is no free BTC on the account: the stop and target of the position hold it.',
  })
  await desk.protectedAt('binance', BOTH)
  expect(await desk.done(await desk.send('binance', { Action: 'SellMarket', PourCent: 100 }))).toMatchObject(executed)
  await until(async () => (await held('binance')).isZero(), 10_000, 'sold')
})

describe.each(['bitget', 'kucoin'] as const)('at %s, whose stops hold no coins', (exchange) => {
  const sellByHand = async (share: string): Promise<void> => {
    const position = await desk.position(exchange)
    const { userId, brokerId } = desk.accountOf(exchange)
    const order = {
      clientOrderId: newClientOrderId(),
      symbol: 'BTC/USDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: (await held(exchange)).times(share).toDecimalPlaces(4, 1),
      userId,
      brokerId,
      positionId: position?.['id'] ?? '',
      source: 'MANUAL',
      purpose: 'OTHER',
      sendBefore: Date.now() + 30_000,
    } as const
    await placeOrder({ bus: desk.bus, now: Date.now() }, order)
  }

  it('a position that is sold in part by hand keeps them for what is left, and they still sell it', async () => {
    await buy(exchange, 30)
    await protect(exchange)
    const before = await held(exchange)
    await sellByHand('0.4')
    await until(async () => (await held(exchange)).lt(before.times('0.61')), 10_000, 'sold by hand')
    await desk.cover(exchange, await held(exchange))
    await desk.protectedAt(exchange, BOTH)
    await settled(exchange)
    await desk.moveTo('57000')
    await until(async () => (await held(exchange)).isZero(), 10_000, 'sold by the stop')
    await until(async () => (await desk.live(exchange)).length === 0, 10_000, 'nothing is left')
  })

  it('a position that is sold by hand loses them', async () => {
    await buy(exchange, 30)
    await protect(exchange)
    await sellByHand('1')
    await until(async () => (await held(exchange)).isZero(), 10_000, 'sold by hand')
    await until(async () => (await desk.live(exchange)).length === 0, 10_000, 'stop and target canceled')
  })
})

describe.each(['binance', 'bitget', 'kucoin'] as const)('with all funds, at %s', (exchange) => {
  it('buys at once, and at a price between two ticks', async () => {
    const all = await desk.send(exchange, { Action: 'BuyMarket', PourCent: 100 })
    expect(await desk.done(all)).toMatchObject(executed)
    await until(async () => (await held(exchange)).gt(0), 10_000, 'bought')
    expect(await desk.done(await desk.send(exchange, { Action: 'SellMarket', PourCent: 100 }))).toMatchObject(executed)
    await until(async () => (await held(exchange)).isZero(), 10_000, 'sold')
    const limit = await desk.send(exchange, { Action: 'BuyLimit', PourCent: 100, Prix: 59_000.00987654 })
    expect(await desk.done(limit)).toMatchObject(executed)
    const { brokerId } = desk.accountOf(exchange)
    const standing = () =>
      desk.installation.query<{ status: string; error: string | null }>(
        `SELECT status::text, error_message AS error FROM trades WHERE broker_id = $1 AND webhook_id = $2`,
        [brokerId, limit],
      )
    await until(async () => (await standing())[0]?.status === 'ACCEPTED', 10_000, 'the order rests', standing)
  })
})

describe('when something goes wrong', () => {
  const exchange = 'binance'
  const faults = (settings: Record<string, unknown>) => desk.installation.control('PUT', 'faults', settings)
  const salesOf = (webhook: string) =>
    desk.installation.query<{ status: string }>(
      "SELECT status::text FROM trades WHERE webhook_id = $1 AND purpose = 'EXIT'",
      [webhook],
    )
  /** The way to the exchange's orders is open again, and nothing of before is in it. */
  beforeAll(async () => {
    await desk.cancelResting(exchange)
    // Alerts that follow each other within half a second are sized from one reading of the funds.
    await sleep(600)
    await buy(exchange, 50)
    await until(async () => (await held(exchange)).gt(0), 10_000, 'bought')
    await protect(exchange)
  })
  afterEach(() => faults({}))

  it('a sale that the exchange refuses leaves the stop and target as they were', async () => {
    const before = await held(exchange)
    // The exchange's rule is not known here: it is told only when the order has come.
    const atLeast = (notional: number) =>
      desk.installation.query(
        "UPDATE exchange_symbols SET min_notional = $2 WHERE broker_id = $1 AND symbol = 'BTC/USDT'",
        [desk.accountOf(exchange).brokerId, notional],
      )
    await atLeast(0)
    const id = await desk.send(exchange, { Action: 'SellMarket', PourCent: 0.02 })
    await until(async () => (await desk.done(id)).status === 'FAILED', 10_000, 'the refusal')
    await desk.protectedAt(exchange, BOTH)
    await settled(exchange)
    expect(await held(exchange)).toEqual(before)
    await atLeast(5)
    expect((await desk.done(id)).reason).toMatch(/^The sale was refused, stop and target stand again\./)
  })

  it('an engine that dies between the stop and the sale sells once', async () => {
    const before = await held(exchange)
    await faults({ path: 'DELETE', latencyMs: 1500 })
    const id = await desk.send(exchange, { Action: 'SellMarket', PourCent: 50 })
    await until(async () => (await desk.position(exchange))?.['wanted_exits'] != null, 10_000, 'the sale is wanted')
    await desk.installation.kill('engine')
    await faults({})
    await desk.installation.start('engine')
    expect(await desk.done(id)).toMatchObject(executed)
    await desk.protectedAt(exchange, BOTH)
    await settled(exchange)
    expect(await salesOf(id)).toEqual([{ status: 'FILLED' }])
    expect((await held(exchange)).div(before).toDecimalPlaces(2).toFixed()).toBe('0.5')
  })

  it('a change of the stop that takes long is not judged again when the price has moved', async () => {
    await faults({ path: 'DELETE', httpStatus: { status: 503, count: 1000 } })
    const id = await desk.send(exchange, { Action: 'MAJ', PourCent: 100, PrixSL: 59_000, PrixTP: 62_000 })
    await until(async () => (await desk.position(exchange))?.['wanted_exits'] != null, 10_000, 'it is wanted')
    // Below the new stop, above the old one. What was only claimed would be given back by now, and refused.
    await desk.moveTo('58900')
    await sleep(13_000)
    await faults({})
    expect(await desk.done(id)).toMatchObject({ status: expect.stringMatching(/EXECUTED|FAILED/) as string })
    await settled(exchange)
    await desk.protectedAt(exchange, BOTH)
    expect((await desk.done(id)).reason).toMatch(/^The new stop and target were refused, those of before stand again/)
  }, 60_000)
})
