import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EXCHANGE_IDS } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { placeOrder } from '@/lib/use-cases/place-order'
import { readLedger } from '../../support/account'
import { type ExchangeTrio, openTrio } from '../../support/exchange-trio'
import { type Installation, openInstallation, until } from '../../support/installation'

// Whatever becomes of an answer or of a stream, an order is at the exchange once or not at all, and the journal knows which.
// Each fault meets all three exchanges at the same time.

let installation: Installation
let trio: ExchangeTrio

const moveTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
const faults = (settings: object) => installation.control('PUT', 'faults', settings)

/** Buys at market everywhere; answers the ids by exchange. */
const buyEverywhere = () =>
  Promise.all(
    EXCHANGE_IDS.map(async (exchange) => {
      const draft = await trio.draft(exchange, { quoteQuantity: d('30') })
      await placeOrder({ bus: trio.bus, now: Date.now() }, draft)
      return { exchange, id: draft.clientOrderId }
    }),
  )
const settled = (id: string, statuses: string[], limitMs = 40_000) =>
  until(async () => statuses.includes(await trio.statusOf(id)), limitMs, `${id} ${statuses.join(' or ')}`)

/** The order is at its exchange as often as the journal says, with the same executions. */
async function expectSame({ exchange, id }: { exchange: (typeof EXCHANGE_IDS)[number]; id: string }): Promise<void> {
  const ledger = await readLedger(installation, trio.accountOf(exchange))
  const there = ledger.orders.filter((order) => order.clientOrderId === id)
  const [row] = await installation.query<{ status: string; filled: string; fills: string }>(
    `SELECT status::text, filled_quantity::text AS filled,
       (SELECT coalesce(sum(quantity), 0)::text FROM fills f WHERE f.client_order_id = t.client_order_id) AS fills
     FROM trades t WHERE client_order_id = $1`,
    [id],
  )
  expect([exchange, there.length]).toEqual([exchange, row?.status === 'REJECTED' ? 0 : 1])
  expect([exchange, Number(row?.fills)]).toEqual([exchange, Number(row?.filled)])
  if (there[0] !== undefined)
    expect([exchange, Number(row?.filled)]).toEqual([exchange, Number(there[0].filledQuantity)])
}

/** Notes every order that is ever committed as executed further than what is recorded of its executions. */
const WATCH = `CREATE TABLE orders_ahead (client_order_id text, said numeric, recorded numeric);
  CREATE FUNCTION note_order_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE sum_of_fills numeric;
  BEGIN
    SELECT coalesce(sum(quantity), 0) INTO sum_of_fills FROM fills WHERE client_order_id = NEW.client_order_id;
    IF NEW.filled_quantity > sum_of_fills THEN
      INSERT INTO orders_ahead VALUES (NEW.client_order_id, NEW.filled_quantity, sum_of_fills);
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER order_ahead AFTER INSERT OR UPDATE ON trades DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION note_order_ahead()`

beforeAll(async () => {
  installation = await openInstallation('faults')
  await installation.start('simulator')
  await moveTo('60000')
  for (const daemon of ['gateway', 'tracker'] as const) await installation.start(daemon)
  trio = await openTrio(installation, 'fault-user')
  await installation.query(WATCH)
}, 90_000)
beforeEach(async () => {
  await faults({})
  await moveTo('60000')
})
afterAll(async () => {
  await trio.close()
  await installation.close()
})

describe('answers', () => {
  it.each([
    ['lost after the order was executed', { dropAnswerAfterExecution: 3 }, ['FILLED']],
    ['500 after the order was executed', { httpStatus: { status: 500, count: 3, afterExecution: true } }, ['FILLED']],
    ['not JSON', { garbage: 3 }, ['FILLED']],
    ['503 before anything was done', { httpStatus: { status: 503, count: 3 } }, ['REJECTED']],
    ['later than anybody waits', { latencyMs: 11_000 }, ['FILLED', 'REJECTED']],
  ])(
    '%s',
    async (_, fault, ends) => {
      await faults({ path: 'POST ', ...fault })
      const orders = await buyEverywhere()
      await until(async () => {
        const states = await Promise.all(orders.map(({ id }) => trio.statusOf(id)))
        return states.every((state) => state !== 'INITIALIZED')
      }, 15_000)
      // The faults end by their count: an order may be taken long before it is sent.
      if ('latencyMs' in fault) {
        await new Promise((resolve) => setTimeout(resolve, 11_500))
        await faults({})
      }
      for (const { id } of orders) await settled(id, ends)
      for (const order of orders) await expectSame(order)
    },
    90_000,
  )
})

describe('private streams', () => {
  it.each([
    ['every message twice', { duplicateStreamMessages: true }],
    ['messages in another order', { reorderStreamMessages: true }],
    ['every second message lost', { loseStreamMessages: 0.5 }],
    ['all messages lost', { loseStreamMessages: 1 }],
    ['partial executions, one after the other', { partialFills: 0.3 }],
    ['partial executions, every second message lost', { partialFills: 0.3, loseStreamMessages: 0.5 }],
    ['partial executions, messages in another order', { partialFills: 0.3, reorderStreamMessages: true }],
  ])(
    '%s: fills are in the journal once, as the exchange has them',
    async (_, fault) => {
      const orders = await Promise.all(
        EXCHANGE_IDS.map(async (exchange) => {
          const terms = { type: 'LIMIT', quantity: d('0.002'), limitPrice: d('59000'), timeInForce: 'GTC' } as const
          const draft = await trio.draft(exchange, terms)
          await placeOrder({ bus: trio.bus, now: Date.now() }, draft)
          return { exchange, id: draft.clientOrderId }
        }),
      )
      for (const { id } of orders) await settled(id, ['ACCEPTED'])
      await faults(fault)
      for (const price of ['58900', '58800', '58700', '58600', '58500']) await moveTo(price)
      for (const { id } of orders) await settled(id, ['FILLED'])
      for (const order of orders) await expectSame(order)
    },
    60_000,
  )

  it('cut while orders fill: they are open again, and nothing is missing', async () => {
    const draft = async (exchange: (typeof EXCHANGE_IDS)[number]) => {
      const order = await trio.draft(exchange, {
        type: 'LIMIT',
        quantity: d('0.002'),
        limitPrice: d('59000'),
        timeInForce: 'GTC',
      })
      await placeOrder({ bus: trio.bus, now: Date.now() }, order)
      return { exchange, id: order.clientOrderId }
    }
    const orders = await Promise.all(EXCHANGE_IDS.map(draft))
    for (const { id } of orders) await settled(id, ['ACCEPTED'])
    await faults({ disconnectStreams: true })
    await moveTo('58900')
    for (const { id } of orders) await settled(id, ['FILLED'])
    for (const order of orders) await expectSame(order)
  }, 60_000)

  it('at no time an order was seen executed further than the journal had its executions', async () => {
    expect(await installation.query('SELECT * FROM orders_ahead')).toEqual([])
  })
})
