import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { saveChannel } from '@/lib/use-cases/alert-channels'
import { openExchange } from '../../support/exchange'
import { type ExitDesk, openExitDesk } from '../../support/exit-desk'
import { until } from '../../support/installation'

// The stop and target of a position, and what others do at its account: sales that wait beside them, and an owner who cancels at
// the exchange's own site. Nothing is left bare without a word, and nothing is sold that should not be.

type Exchange = 'binance' | 'bitget' | 'kucoin'
const EXCHANGES = ['binance', 'bitget', 'kucoin'] as const
const BOTH = ['58000', '62000']
const PAIR = ['STOP_LOSS', 'TAKE_PROFIT']

let desk: ExitDesk
beforeAll(async () => {
  desk = await openExitDesk('beside')
  await saveChannel(desk.accountOf('binance').userId, {
    service: 'DISCORD',
    name: 'Salon',
    kinds: ['UNPROTECTED'],
    isActive: true,
    webhookUrl: `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(60)}`,
  })
}, 90_000)
beforeEach(() => desk.moveTo('60000'))
afterEach(() => faults({}))
afterAll(() => desk.close())

const faults = (settings: Record<string, unknown>) => desk.installation.control('PUT', 'faults', settings)
const held = (exchange: Exchange) => desk.held(exchange)
const settled = (exchange: Exchange) => desk.settled(exchange)
const buyAndProtect = (exchange: Exchange) => desk.buyAndProtect(exchange)
const send = (exchange: Exchange, Action: string, fields: Record<string, number> = {}) =>
  desk.send(exchange, { Action, PourCent: 100, ...fields })
const gone = (exchange: Exchange) => desk.gone(exchange)
const purposes = async (exchange: Exchange) => (await desk.live(exchange)).map(({ purpose }) => purpose).sort()

/** What the user was told of positions without a stop. */
const told = async () =>
  (
    await desk.installation.query<{ detail: Record<string, unknown> }>(
      `SELECT detail FROM alert_outbox WHERE kind = 'UNPROTECTED' AND detail->>'reason' IS NOT NULL ORDER BY id`,
    )
  ).map(({ detail }) => detail)

async function cancelAtSite(exchange: Exchange): Promise<void> {
  const site = await openExchange(desk.installation, desk.accountOf(exchange))
  await site.cancelAll('BTC/USDT')
  await site.close()
}

const sellAll = (exchange: Exchange) => desk.sellAll(exchange)

describe.each(EXCHANGES)('at %s, whose owner cancels at its own site', (exchange) => {
  it('stop and target stay away, and the user is told', async () => {
    await buyAndProtect(exchange)
    const before = (await told()).length
    await cancelAtSite(exchange)
    await until(async () => (await desk.position(exchange))?.['stop_loss'] === null, 10_000, 'no stop is kept')
    await gone(exchange)
    await sleep(1500)
    expect(await desk.live(exchange)).toEqual([])
    expect((await told()).slice(before)[0]).toMatchObject({ symbol: 'BTC/USDT', reason: expect.any(String) as string })
    await sellAll(exchange)
  })

  it('an engine that hears of it late does not take a price of later for the reason', async () => {
    await buyAndProtect(exchange)
    const all = await held(exchange)
    const before = (await told()).length
    await desk.installation.kill('engine')
    await cancelAtSite(exchange)
    const stopsOf = async () => (await desk.exitsOf(exchange)).filter(({ purpose }) => purpose === 'STOP_LOSS')
    await until(async () => (await stopsOf()).every(({ status }) => status !== 'ACCEPTED'), 20_000, 'it is recorded')
    await sleep(2500)
    await desk.moveTo('57900')
    await desk.installation.start('engine')
    await until(async () => (await told()).length > before, 15_000, 'the user is told')
    await sleep(1000)
    expect((await held(exchange)).eq(all)).toBe(true)
    await desk.moveTo('60000')
    await gone(exchange)
    await sellAll(exchange)
  })
})

describe.each(['bitget', 'kucoin'] as const)('at %s, whose stops hold no coins', (exchange) => {
  it('where a sale that waits for its price holds all of them, stop and target stay', async () => {
    await buyAndProtect(exchange)
    await desk.sellAt(exchange, 70_000)
    const before = await desk.exitsOf(exchange)
    const sale = await desk.done(await send(exchange, 'SellMarket', { PourCent: 50 }))
    expect(sale).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/no free BTC|smallest/) as string })
    const moved = await desk.done(await send(exchange, 'MAJ', { PrixSL: 58500, PrixTP: 62000 }))
    expect(moved).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/smallest/) as string })
    expect(await desk.exitsOf(exchange)).toEqual(before)
    await desk.cancelResting(exchange)
    await sellAll(exchange)
  })

  it.each([
    ['stop', '57900', 71_000],
    ['target', '62001', 72_000],
  ])('a %s that is reached sells what such a sale holds', async (_leg, price, limit) => {
    await buyAndProtect(exchange)
    await desk.sellAt(exchange, limit)
    await desk.moveTo(price)
    const isSold = async () => (await held(exchange)).isZero()
    await until(isSold, 20_000, 'all is sold', () => desk.exitsOf(exchange))
    expect(await desk.statusesAt(exchange, limit)).toEqual(['CANCELED'])
    await settled(exchange)
    await gone(exchange)
  })

  it('such a sale leaves the stop alone while it waits, and the stop follows once it is executed', async () => {
    await buyAndProtect(exchange)
    const before = await held(exchange)
    await desk.sellAt(exchange, 61_000, 50)
    await faults({ partialFills: 0.3 })
    await desk.moveTo('61001')
    await until(async () => (await held(exchange)).lt(before), 10_000, 'a part is sold')
    await desk.moveTo('60500')
    await faults({})
    await sleep(1500)
    expect(await purposes(exchange)).toEqual(PAIR)
    await desk.moveTo('61001')
    await until(
      async () => (await desk.statusesAt(exchange, 61_000)).includes('FILLED'),
      10_000,
      'the sale is executed',
    )
    await until(async () => (await held(exchange)).lt(before.times('0.51')), 10_000, 'half is left')
    await desk.cover(exchange, await held(exchange))
    await desk.protectedAt(exchange, BOTH)
    await desk.moveTo('60000')
    await sellAll(exchange)
  })

  it('a stop that fired in vain comes back for all when the price has left it before they are free', async () => {
    await buyAndProtect(exchange)
    await desk.sellAt(exchange, 74_000)
    await faults({ path: exchange === 'kucoin' ? 'hf/orders' : 'cancel-order', latencyMs: 2000 })
    await desk.moveTo('57990')
    const isBeingCanceled = async () => (await desk.statusesAt(exchange, 74_000)).includes('PENDING_CANCEL')
    await until(isBeingCanceled, 10_000, 'the cancel is under way')
    await desk.moveTo('60000')
    await sleep(3500)
    await faults({})
    await desk.cover(exchange, await held(exchange))
    await sellAll(exchange)
  })

  it('after a sale beside such a sale the stop still covers all that is left', async () => {
    await buyAndProtect(exchange)
    await desk.sellAt(exchange, 73_000, 50)
    const sale = await desk.done(await desk.send(exchange, { Action: 'SellMarket', PourCent: 50 }))
    expect(sale).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt(exchange, BOTH)
    await settled(exchange)
    await desk.cover(exchange, await held(exchange))
    await desk.cancelResting(exchange)
    await sellAll(exchange)
  })

  it('what an order of somebody else holds is told to have no stop when it could not be sold', async () => {
    await buyAndProtect(exchange)
    const all = await held(exchange)
    const site = await openExchange(desk.installation, desk.accountOf(exchange))
    const quantity = all.div(2).toDecimalPlaces(5, 1)
    await site.place({ symbol: 'BTC/USDT', side: 'SELL', type: 'LIMIT', quantity, limitPrice: d('70000') })
    const before = (await told()).length
    await desk.moveTo('57900')
    await until(async () => (await held(exchange)).lt(all.times('0.6')), 15_000, 'half is sold')
    await until(async () => (await told()).length > before, 15_000, 'the user is told')
    await settled(exchange)
    expect((await desk.position(exchange))?.['stop_loss']).toBeNull()
    await site.cancelAll('BTC/USDT')
    await site.close()
    await desk.moveTo('60000')
    await sleep(500)
    await sellAll(exchange)
  })
})
