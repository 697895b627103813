import { afterAll, beforeAll, beforeEach, it } from 'vitest'
import { reconcileInFlight, sweep } from '@/daemons/gateway/reconcile'
import { disconnectPrisma } from '@/lib/db/client'
import { insertOrders } from '@/lib/db/order-repository'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { SideBySide } from '@/lib/platform/side-by-side'
import { watchKeptOrders } from '@/lib/use-cases/keep-orders'
import { gatewayOn } from '../../support/in-process-gateway'
import { at, orderAt, Tracked } from '../../support/tracked'
import { until } from '../../support/until'

// An exchange that does not answer for a long time holds up its own orders only: those of the others go on, again and again.

let t: Tracked
let hanging: string
let answering: string
const never = () => new Promise<never>(() => undefined)

beforeAll(async () => {
  t = await Tracked.open('stalls')
})
beforeEach(async () => {
  await t.reset()
  hanging = t.brokerId
  answering = await t.openAccount()
})
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

/** An order of each account that rests, brought to a status as of a moment ago. */
async function both(status: string, more = '') {
  const ids = new Map<string, string>()
  for (const brokerId of [hanging, answering]) {
    t.brokerId = brokerId
    const [owner] = await t.installation.query('SELECT user_id FROM brokers WHERE id = $1', [brokerId])
    t.userId = owner?.['user_id'] ?? ''
    const { clientOrderId } = await t.ours(at('10:00'))
    ids.set(brokerId, clientOrderId)
    await t.installation.query(
      `UPDATE trades SET status = $2::"OrderStatus", updated_at = $3 ${more} WHERE client_order_id = $1`,
      [clientOrderId, status, new Date(t.now - 60_000)],
    )
  }
  return (brokerId: string) => ids.get(brokerId) ?? ''
}

/** One exchange answers, the other one never does. */
function gatewayOf(client: Partial<ExecutionClient>) {
  const [silent, open] = [gatewayOn(t, { getOrder: never, cancelOrder: never }), gatewayOn(t, client)]
  const desk = { ...open.desk, open: (id: string) => (id === hanging ? silent : open).desk.open(id) }
  return { ...open, desk }
}
const statusIs = (brokerId: string, status: string) =>
  until(async () => (await t.journal(brokerId))[0]?.status === status, 3000, status)

it('reconciliation goes on beside an exchange that does not answer', async () => {
  const idOf = await both('PENDING_CANCEL')
  const clientOrderId = idOf(answering)
  const gateway = gatewayOf({
    getOrder: () => Promise.resolve(orderAt(at('10:00'), { clientOrderId, status: 'CANCELED' })),
  })
  await reconcileInFlight(gateway)
  await statusIs(answering, 'CANCELED')
  // The next round does not wait either.
  await reconcileInFlight(gateway)
})

it('so do cancels whose wake-up was lost', async () => {
  const idOf = await both('ACCEPTED', ', cancel_requested_at = $3')
  const clientOrderId = idOf(answering)
  const report = orderAt(at('10:00'), { clientOrderId, status: 'CANCELED' })
  await sweep(gatewayOf({ cancelOrder: () => Promise.resolve(report) }))
  await statusIs(answering, 'CANCELED')
})

it('and orders that the engine keeps', async () => {
  for (const brokerId of [hanging, answering])
    await inTransaction(async (tx) => {
      const [owner] = await t.installation.query('SELECT user_id FROM brokers WHERE id = $1', [brokerId])
      const from = { userId: owner?.['user_id'] ?? '', brokerId, symbol: 'BTC/USDT' }
      const positionId = await ensurePosition(tx, from)
      const terms = { side: 'SELL', type: 'TRAILING_STOP', quantity: d('0.1'), trailingDelta: 100 } as const
      const draft = { ...from, ...terms, positionId, source: 'MANUAL', purpose: 'OTHER', isEmulated: true } as const
      await insertOrders(tx, [{ ...draft, clientOrderId: newClientOrderId(), sendBefore: t.now }], t.now)
    })
  let price = d('60000')
  const call = (brokerId: string) => (brokerId === hanging ? never() : Promise.resolve({ lastPrice: price }))
  const engine = { bus: t.trading.bus, clock: () => t.now, log: createLogger('test', 'silent'), gateway: { call } }
  const markets = new SideBySide(() => undefined)
  const watch = () => watchKeptOrders(engine as never, markets)
  const peakIs = (text: string) =>
    until(
      async () => {
        const rows = await t.installation.query(
          'SELECT trim_scale(trailing_peak)::text AS peak FROM trades WHERE broker_id = $1',
          [answering],
        )
        return rows[0]?.['peak'] === text
      },
      3000,
      text,
    )
  await watch()
  await peakIs('60000')
  price = d('61000')
  await watch()
  await peakIs('61000')
})
