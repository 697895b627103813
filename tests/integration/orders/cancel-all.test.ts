import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { systemClock } from '@/lib/platform/clock'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { cancelAllOfUser, cancelAllOrders } from '@/lib/use-cases/cancel-all-orders'
import { placeOrder } from '@/lib/use-cases/place-order'
import { readPositions } from '@/lib/use-cases/read-positions'
import { readLedger } from '../../support/account'
import { openExchange } from '../../support/exchange'
import { type ExchangeTrio, openTrio } from '../../support/exchange-trio'
import { type Installation, openInstallation, until } from '../../support/installation'

// « Tout annuler » and the positions of an account (GW-3), through the real gateway.

let installation: Installation
let trio: ExchangeTrio
let desk: Parameters<typeof cancelAllOrders>[0]
let gateway: ReturnType<typeof createGatewayCaller>

beforeAll(async () => {
  installation = await openInstallation('cancel_all')
  for (const daemon of ['simulator', 'gateway'] as const) await installation.start(daemon)
  trio = await openTrio(installation, 'canceler')
  gateway = createGatewayCaller(trio.bus, systemClock)
  desk = { bus: trio.bus, gateway, clock: systemClock }
})
beforeEach(async () => {
  await installation.control('PUT', 'price', { symbol: 'BTCUSDT', price: '50000', hold: true })
  await installation.control('PUT', 'price', { symbol: 'ETHUSDT', price: '3000', hold: true })
})
afterAll(async () => {
  await gateway.close()
  await trio.close()
  await installation.close()
})

/** A purchase that rests far below the market, accepted by the exchange. */
async function rest(exchange: ExchangeId, price = '40000'): Promise<string> {
  const draft = await trio.draft(exchange, {
    type: 'LIMIT',
    quantity: d('0.01'),
    limitPrice: d(price),
    timeInForce: 'GTC',
  })
  await placeOrder({ bus: trio.bus, now: Date.now() }, draft)
  await until(async () => (await trio.statusOf(draft.clientOrderId)) === 'ACCEPTED', 20_000, 'the order rests')
  return draft.clientOrderId
}

const openAt = async (exchange: ExchangeId): Promise<string[]> =>
  (await readLedger(installation, trio.accountOf(exchange))).orders
    .filter(({ status }) => status === 'ACCEPTED')
    .map(({ clientOrderId }) => clientOrderId)

describe.each(EXCHANGE_IDS)('%s', (exchange) => {
  it('ends every order of ours, and those placed elsewhere only when they are meant', async () => {
    const account = trio.accountOf(exchange)
    const own = [await rest(exchange), await rest(exchange, '41000')]
    const site = await openExchange(installation, account)
    const foreign = await site.place({
      symbol: 'ETH/USDT',
      side: 'BUY',
      type: 'LIMIT',
      quantity: d('0.1'),
      limitPrice: d('2500'),
      timeInForce: 'GTC',
    })
    expect(await cancelAllOrders(desk, account.brokerId, { symbol: 'ETH/USDT', isForeignIncluded: false })).toEqual({
      asked: 0,
      atExchange: 0,
    })
    expect(await openAt(exchange)).toHaveLength(3)
    expect(await cancelAllOrders(desk, account.brokerId, { isForeignIncluded: false })).toEqual({
      asked: 2,
      atExchange: 0,
    })
    for (const id of own) await until(async () => (await trio.statusOf(id)) === 'CANCELED', 20_000, 'its end')
    expect(await openAt(exchange)).toEqual([foreign.clientOrderId])

    const last = await rest(exchange)
    const { asked } = await cancelAllOrders(desk, account.brokerId, { isForeignIncluded: true })
    expect(asked).toBe(1)
    await until(async () => (await trio.statusOf(last)) === 'CANCELED', 20_000, 'the end of the last')
    expect(await openAt(exchange)).toEqual([])
    // Nothing is left: harmless.
    expect(await cancelAllOrders(desk, account.brokerId, { isForeignIncluded: true })).toEqual({
      asked: 0,
      atExchange: 0,
    })
    await site.close()
  }, 90_000)

  it('tells what the account holds, valued', async () => {
    const positions = await readPositions(gateway, trio.accountOf(exchange).brokerId, { valuedIn: 'USDT' })
    expect(
      positions.map(({ asset, symbol, quantity, price, value }) => [asset, symbol, quantity, price, value]),
    ).toEqual([
      ['BTC', 'BTC/USDT', '5', '50000', '250000'],
      ['USDT', null, '100000', '1', '100000'],
    ])
  }, 60_000)
})

it('orders that the engine keeps are withdrawn, and those never sent', async () => {
  const { brokerId } = trio.accountOf('bitget')
  const kept = await trio.draft('bitget', {
    side: 'SELL',
    type: 'TRAILING_STOP',
    quantity: d('0.01'),
    trailingDelta: 100,
    isEmulated: true,
  })
  await placeOrder({ bus: trio.bus, now: Date.now() }, kept)
  expect(await trio.statusOf(kept.clientOrderId)).toBe('INITIALIZED')
  expect((await cancelAllOrders(desk, brokerId, { isForeignIncluded: false })).asked).toBe(1)
  expect(await trio.statusOf(kept.clientOrderId)).toBe('CANCELED')
})

it('an exchange that does not answer loses nothing: the end stays asked for', async () => {
  const id = await rest('binance')
  const account = trio.accountOf('binance')
  await installation.control('PUT', 'faults', { path: 'DELETE /api/v3/order', httpStatus: { status: 503, count: 3 } })
  await cancelAllOrders(desk, account.brokerId, { isForeignIncluded: false })
  await until(async () => (await trio.statusOf(id)) === 'CANCELED', 40_000, 'canceled once the exchange answers again')
  await installation.control('PUT', 'faults', {})
  expect(await openAt('binance')).toEqual([])
}, 60_000)

it('is for the owner of the broker only', async () => {
  const stranger = '00000000-0000-4000-8000-000000000000'
  const { brokerId } = trio.accountOf('binance')
  expect(await cancelAllOfUser(desk, stranger, brokerId, { isForeignIncluded: true })).toBeNull()
})

it('the admin commands do the same', async () => {
  const id = await rest('binance')
  const { brokerId } = trio.accountOf('binance')
  const run = (...args: string[]) => {
    const env = { ...process.env, ...installation.env }
    const result = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/admin.ts', ...args], {
      encoding: 'utf8',
      env,
    })
    expect(result.stderr).toBe('')
    return result.stdout.trim().split('\n').at(-1) ?? ''
  }
  expect(run('cancel-all', brokerId, 'BTC/USDT')).toBe('1 orders of the journal, 0 at the exchange')
  await until(async () => (await trio.statusOf(id)) === 'CANCELED', 20_000, 'its end')
  const [first] = JSON.parse(run('positions', brokerId)) as { asset: string }[]
  expect(first?.asset).toBe('BTC')
}, 90_000)
