import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { editOrder } from '@/lib/use-cases/edit-order'
import { placeOrder } from '@/lib/use-cases/place-order'
import { type Ledger, readLedger } from '../../support/account'
import { type ExchangeTrio, openTrio } from '../../support/exchange-trio'
import { type Installation, openInstallation, until } from '../../support/installation'

// A change that is not in place is a cancel and a new order for what is left. Whatever is executed, fails or dies on the way,
// the two together never buy more than was asked for, and the journal has them as the exchange does.

let installation: Installation
let trio: ExchangeTrio

/** What ends the old order, while nothing and when something of it is executed; what places the new one of two calls. */
const ENDS: Record<ExchangeId, string> = {
  binance: 'POST /api/v3/order/cancelReplace',
  bitget: 'POST /api/v2/spot/trade/cancel-order',
  kucoin: 'DELETE /api/v1/hf/orders',
}
const CANCELS: Record<ExchangeId, string> = { ...ENDS, binance: 'DELETE /api/v3/order' }
const FILLS: Record<ExchangeId, string> = {
  binance: 'GET /api/v3/myTrades',
  bitget: 'GET /api/v2/spot/trade/fills',
  kucoin: 'GET /api/v1/hf/fills',
}
const PLACES: Record<ExchangeId, string> = {
  binance: 'POST /api/v3/order',
  bitget: 'POST /api/v2/spot/trade/place-order',
  kucoin: 'POST /api/v1/hf/orders/sync',
}

const moveTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
const faults = (settings: object) => installation.control('PUT', 'faults', settings)
const settled = (id: string, statuses: string[], limitMs = 40_000) =>
  until(async () => statuses.includes(await trio.statusOf(id)), limitMs, `${id} ${statuses.join(' or ')}`)

type OrderThere = Ledger['orders'][number]
const thereOf = async (exchange: ExchangeId, id: string): Promise<OrderThere | undefined> =>
  (await readLedger(installation, trio.accountOf(exchange))).orders.find((order) => order.clientOrderId === id)

/** A purchase of 0.01 that rests a little below the market. */
async function rest(exchange: ExchangeId): Promise<string> {
  const terms = { type: 'LIMIT', quantity: d('0.01'), limitPrice: d('59000'), timeInForce: 'GTC' } as const
  const draft = await trio.draft(exchange, terms)
  await placeOrder({ bus: trio.bus, now: Date.now() }, draft)
  await settled(draft.clientOrderId, ['ACCEPTED'])
  return draft.clientOrderId
}

/** The market comes to the order and goes again; `fault` says how much of it that executes, and what else holds from here on. */
async function execute(exchange: ExchangeId, id: string, fault: object): Promise<void> {
  const before = (await thereOf(exchange, id))?.filledQuantity ?? '0'
  await faults(fault)
  await moveTo('58900')
  const hasBegun = async () => d((await thereOf(exchange, id))?.filledQuantity ?? '0').gt(before)
  await until(hasBegun, 10_000, 'an execution', () => thereOf(exchange, id))
  await moveTo('60000')
}
const SOME = { partialFills: 0.3 }

interface Heir {
  id: string
  status: string
  quantity: string
  reason: string | null
}
const heirOf = async (id: string): Promise<Heir | undefined> =>
  (
    await installation.query<Heir & Record<string, never>>(
      `SELECT client_order_id AS id, status::text, quantity::text, error_message AS reason FROM trades WHERE replaces_id = $1`,
      [id],
    )
  )[0]

/** What was sent is at the exchange for certain, and held there. */
const arrival = () => new Promise((resolve) => setTimeout(resolve, 500))
const change = (id: string) => editOrder(trio.bus, id, { limitPrice: d('51000') }, Date.now())

/** Both orders once the change is over. */
async function changed(exchange: ExchangeId, oldId: string, end: string) {
  await settled(oldId, [end])
  const heir = await until(
    async () => {
      const found = await heirOf(oldId)
      return found !== undefined && ['ACCEPTED', 'REJECTED', 'DENIED'].includes(found.status) && found
    },
    40_000,
    'the end of the change',
  )
  const { orders } = await readLedger(installation, trio.accountOf(exchange))
  const old = orders.find(({ clientOrderId }) => clientOrderId === oldId)
  return { heir, executed: d(old?.filledQuantity ?? '0'), there: orders.filter((one) => one.clientOrderId === heir.id) }
}

/** The new order is for what the old one left, here and there; once it is executed 0.01 is bought in all. */
async function expectExact(oldId: string, result: Awaited<ReturnType<typeof changed>>) {
  const { heir, executed, there } = result
  const left = d('0.01').minus(executed).toFixed()
  expect(heir.status).toBe('ACCEPTED')
  expect([d(heir.quantity).toFixed(), there.map(({ quantity }) => quantity)]).toEqual([left, [left]])
  await faults({})
  await moveTo('50900')
  await settled(heir.id, ['FILLED'])
  await moveTo('60000')
  const bought = async () => {
    const [sums] = await installation.query<{ orders: string; fills: string }>(
      `SELECT sum(t.filled_quantity)::text AS orders,
         (SELECT sum(f.quantity)::text FROM fills f WHERE f.client_order_id = ANY($1)) AS fills
       FROM trades t WHERE t.client_order_id = ANY($1)`,
      [[oldId, heir.id]],
    )
    return [d(sums?.orders ?? '0').toFixed(), d(sums?.fills ?? '0').toFixed()]
  }
  // Executions that could not be read at once are looked for later.
  await until(async () => d((await bought())[1] ?? '0').gte('0.01'), 30_000, 'all executions', bought)
  expect(await bought()).toEqual(['0.01', '0.01'])
}

beforeAll(async () => {
  installation = await openInstallation('changes')
  await installation.start('simulator')
  await moveTo('60000')
  for (const daemon of ['gateway', 'tracker'] as const) await installation.start(daemon)
  trio = await openTrio(installation, 'change-user')
}, 90_000)
beforeEach(async () => {
  await faults({})
  await moveTo('60000')
})
afterAll(async () => {
  await trio.close()
  await installation.close()
})

describe.each(EXCHANGE_IDS)('a change at %s', (exchange) => {
  /** Asks for the change, and lets the order be executed when the exchange is about to act on the command. */
  async function changeWhile(id: string, command: string, fault: object): Promise<void> {
    const held = { path: command, latencyMs: 2500 }
    await faults(held)
    await change(id)
    await until(async () => (await heirOf(id)) !== undefined, 10_000, 'the new order in the journal')
    await execute(exchange, id, { ...held, ...fault })
  }

  it('takes off what is executed between the look and the end of the old order', async () => {
    const id = await rest(exchange)
    await changeWhile(id, ENDS[exchange], SOME)
    const result = await changed(exchange, id, 'CANCELED')
    expect(result.executed.gt(0)).toBe(true)
    await expectExact(id, result)
  }, 60_000)

  it('places nothing when the old order is executed whole meanwhile, and says so', async () => {
    const id = await rest(exchange)
    await changeWhile(id, ENDS[exchange], {})
    const { heir, executed, there } = await changed(exchange, id, 'FILLED')
    expect([heir.status, executed.toFixed(), there]).toEqual(['DENIED', '0.01', []])
    expect(heir.reason).toContain('executed whole before it could be replaced')
  }, 60_000)

  it('takes it off also when the exchange asks for a pause: the new order follows after it', async () => {
    const id = await rest(exchange)
    await execute(exchange, id, SOME)
    await settled(id, ['PARTIALLY_FILLED'])
    await changeWhile(id, CANCELS[exchange], SOME)
    await arrival()
    await faults({ path: PLACES[exchange], rateLimit: { status: 429, retryAfterSeconds: 1, count: 1 } })
    const result = await changed(exchange, id, 'CANCELED')
    expect(result.executed.gt('0.003')).toBe(true)
    expect([result.heir.status, result.heir.reason]).toEqual(['ACCEPTED', expect.stringContaining('asks for a pause')])
    const events = await installation.query('SELECT kind FROM order_events WHERE client_order_id = $1', [
      result.heir.id,
    ])
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['UPDATE', 'NOT_SENT']))
    await expectExact(id, result)
  }, 60_000)

  it('stands though the executions of the old order cannot be read at once', async () => {
    const id = await rest(exchange)
    await changeWhile(id, ENDS[exchange], { ...SOME, loseStreamMessages: 1 })
    await arrival()
    const pause = { rateLimit: { status: 429, retryAfterSeconds: 1, count: 1 }, loseStreamMessages: 1 }
    await faults({ path: FILLS[exchange], ...pause })
    const result = await changed(exchange, id, 'CANCELED')
    await expectExact(id, result)
  }, 60_000)

  it('is refused when it asks for no more than is executed already', async () => {
    const id = await rest(exchange)
    await execute(exchange, id, { ...SOME, loseStreamMessages: 1 })
    await editOrder(trio.bus, id, { quantity: d('0.002'), limitPrice: d('51000') }, Date.now())
    await settled(id, ['PARTIALLY_FILLED'])
    const asked = () =>
      installation.query(`SELECT 1 FROM order_events WHERE client_order_id = $1 AND kind = 'CHANGE_REFUSED'`, [id])
    await until(async () => (await asked()).length > 0, 10_000, 'the refusal')
    expect([await heirOf(id), (await thereOf(exchange, id))?.status]).toEqual([undefined, 'PARTIALLY_FILLED'])
    await faults({})
    await moveTo('58900')
    await settled(id, ['FILLED'])
  }, 60_000)

  describe('in two calls, the second of which', () => {
    /** A part is executed already: no exchange can do it in one call then. */
    async function changeThrough(fault: object, meanwhile: (id: string) => Promise<void> = () => Promise.resolve()) {
      const id = await rest(exchange)
      await execute(exchange, id, SOME)
      await settled(id, ['PARTIALLY_FILLED'])
      await faults({ path: PLACES[exchange], ...fault })
      await change(id)
      await meanwhile(id)
      return { id, ...(await changed(exchange, id, 'CANCELED')) }
    }

    /** The gateway's death while the exchange thinks about the new order. */
    async function dieBetween(id: string): Promise<void> {
      await until(
        async () => (await thereOf(exchange, id))?.status === 'CANCELED',
        10_000,
        'the first of the two calls',
      )
      await arrival()
      await installation.kill('gateway')
      await installation.start('gateway')
    }

    it('arrives although the gateway dies: it is found', async () => {
      const { id, ...result } = await changeThrough({ latencyMs: 3000 }, dieBetween)
      await expectExact(id, result)
    }, 60_000)

    // That an order never arrived is known after 15 seconds, at every exchange by the same code: one shows it.
    if (exchange !== 'kucoin') return

    it('fails for good: the journal says that nothing rests there any more', async () => {
      const { heir, there } = await changeThrough({ httpStatus: { status: 503, count: 1 } })
      expect([heir.status, there]).toEqual(['REJECTED', []])
      expect(heir.reason).toContain('The order that it was to replace is canceled')
    }, 60_000)

    it('never arrives because the gateway dies: the journal says so', async () => {
      const fault = { latencyMs: 3000, httpStatus: { status: 503, count: 1 } }
      const { heir, there } = await changeThrough(fault, dieBetween)
      expect([heir.status, there]).toEqual(['REJECTED', []])
      expect(heir.reason).toContain('The order that it was to replace is canceled')
    }, 60_000)

    it('is not sent because the gateway dies when it knows what is left: the journal has that, and says so', async () => {
      const id = await rest(exchange)
      await installation.kill('gateway')
      await installation.start('gateway', { CRASH_POINT: 'edit.resized' })
      await changeWhile(id, ENDS[exchange], SOME)
      await until(() => Promise.resolve(!installation.isRunning('gateway')), 20_000, 'its death')
      await installation.ended('gateway')
      await installation.start('gateway')
      const { heir, executed, there } = await changed(exchange, id, 'CANCELED')
      expect([heir.status, there]).toEqual(['REJECTED', []])
      expect(d(heir.quantity).toFixed()).toBe(d('0.01').minus(executed).toFixed())
      expect(heir.reason).toContain('The order that it was to replace is canceled')
    }, 90_000)
  })
})
