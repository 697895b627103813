import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { editOrder } from '@/lib/use-cases/edit-order'
import { placeOrder, placeOrderGroup } from '@/lib/use-cases/place-order'
import { readLedger } from '../../support/account'
import { type ExchangeTrio, openTrio } from '../../support/exchange-trio'
import { type Installation, openInstallation, until } from '../../support/installation'

// At most once, whatever dies: the gateway is killed at every point of submit, cancel, change and list, on each exchange. The
// intents of all those lives are then compared with what the exchange itself has: orders there = intents here.

const EXCHANGES: readonly ExchangeId[] = ['binance', 'bitget', 'kucoin']
/** KuCoin's pairs have limit legs; Bitget has no pairs. */
const PAIRS: readonly ExchangeId[] = ['binance', 'kucoin']
const POINTS = {
  submit: ['taken', 'claimed', 'sent', 'recorded'],
  cancel: ['taken', 'claimed', 'sent', 'recorded'],
  edit: ['taken', 'claimed', 'journaled', 'sent', 'recorded'],
  'submit-group': ['taken', 'claimed', 'sent', 'listed', 'recorded'],
} as const
type Command = keyof typeof POINTS

interface Life {
  exchange: ExchangeId
  command: Command
  point: string
}
const LIVES: Life[] = EXCHANGES.flatMap((exchange) =>
  (Object.keys(POINTS) as Command[])
    .filter((command) => command !== 'submit-group' || PAIRS.includes(exchange))
    .flatMap((command) => POINTS[command].map((point) => ({ exchange, command, point }))),
)

let installation: Installation
let trio: ExchangeTrio
const resting = new Map<string, string>()

const limitOrder = (exchange: ExchangeId) =>
  trio.draft(exchange, { type: 'LIMIT', quantity: d('0.001'), limitPrice: d('40000'), timeInForce: 'GTC' })
const context = () => ({ bus: trio.bus, now: Date.now() })

async function give(life: Life): Promise<void> {
  const { exchange, command, point } = life
  const id = resting.get(`${exchange} ${command} ${point}`) ?? ''
  switch (command) {
    case 'submit':
      return placeOrder(context(), await trio.draft(exchange, { quoteQuantity: d('20') }))
    case 'cancel':
      await cancelOrder(trio.bus, id, Date.now())
      return
    case 'edit':
      return editOrder(trio.bus, id, { limitPrice: d('41000') }, Date.now())
    case 'submit-group': {
      const group = { id: newClientOrderId(), kind: 'OCO', isEmulated: false } as const
      const leg = { side: 'SELL', quantity: d('0.001'), groupId: group.id } as const
      const target = await trio.draft(exchange, {
        ...leg,
        type: 'LIMIT',
        purpose: 'TAKE_PROFIT',
        limitPrice: d('90000'),
      })
      const stop = await trio.draft(exchange, {
        ...leg,
        type: 'STOP_LIMIT',
        purpose: 'STOP_LOSS',
        stopPrice: d('30000'),
        limitPrice: d('29900'),
      })
      return placeOrderGroup(context(), group, [target, stop])
    }
  }
}

const rowsOf = (brokerId: string) =>
  installation.query<Record<string, string | null>>(
    `SELECT t.client_order_id, t.exchange_order_id, t.status::text, t.filled_quantity::text, t.replaces_id, t.group_id, t.type::text, t.error_message
     FROM trades t WHERE broker_id = $1 ORDER BY created_at`,
    [brokerId],
  )

/** What waits for the gateway, or for the exchange's word. */
const inFlight = () =>
  installation.query<{ id: string; replaced: string | null }>(
    `SELECT client_order_id AS id, replaces_id AS replaced FROM trades
     WHERE status IN ('INITIALIZED', 'SUBMITTED', 'PENDING_UPDATE', 'PENDING_CANCEL')
       OR (change_requested IS NOT NULL AND status IN ('ACCEPTED', 'PARTIALLY_FILLED'))
       OR (cancel_requested_at IS NOT NULL AND status IN ('ACCEPTED', 'PARTIALLY_FILLED'))`,
  )

beforeAll(async () => {
  installation = await openInstallation('crashes')
  await installation.start('simulator')
  await installation.control('PUT', 'price', { symbol: 'BTCUSDT', price: '60000', hold: true })
  await installation.start('gateway')
  trio = await openTrio(installation, 'crash-user')
  // What will be canceled and changed rests at the exchange first.
  for (const { exchange, command, point } of LIVES) {
    if (command !== 'cancel' && command !== 'edit') continue
    const order = await limitOrder(exchange)
    resting.set(`${exchange} ${command} ${point}`, order.clientOrderId)
    await placeOrder(context(), order)
  }
  await until(async () => {
    const rows = (await Promise.all(EXCHANGES.map((exchange) => rowsOf(trio.accountOf(exchange).brokerId)))).flat()
    return rows.every((row) => row['status'] === 'ACCEPTED')
  }, 30_000)
  await installation.kill('gateway')
}, 120_000)

afterAll(async () => {
  await trio.close()
  await installation.close()
})

it('orders at the exchange are the intents of the journal, wherever the gateway died', async () => {
  for (const life of LIVES) {
    const { exchange, command, point } = life
    await installation.start('gateway', { CRASH_POINT: `${command}.${point}` })
    await give(life)
    await until(
      () => Promise.resolve(!installation.isRunning('gateway')),
      20_000,
      `death at ${exchange} ${command}.${point}`,
    )
    await installation.ended('gateway')
    // A change can be a cancel and a new order. Left over, the sweep of a later life would begin it at any moment, and that
    // life's own death could part the two: the one case in which neither is open.
    if (command !== 'edit' || point !== 'taken') continue
    await installation.start('gateway')
    const id = resting.get(`${exchange} ${command} ${point}`) ?? ''
    await until(async () => (await inFlight()).every((order) => ![order.id, order.replaced].includes(id)), 20_000)
    await installation.kill('gateway')
  }
  await installation.start('gateway')
  await until(async () => (await inFlight()).length === 0, 40_000, 'everything settled')

  for (const exchange of EXCHANGES) {
    const account = trio.accountOf(exchange)
    const [rows, ledger] = await Promise.all([rowsOf(account.brokerId), readLedger(installation, account)])
    const here = new Map(rows.map((row) => [row['client_order_id'] ?? '', row]))
    expect(ledger.orders.length).toBeGreaterThan(POINTS.cancel.length + POINTS.edit.length)
    // Each order there is exactly one intent here.
    const legsOf = new Map<string, typeof rows>()
    const told = ledger.orders.map((order) => {
      const row = here.get(order.clientOrderId) ?? rows.find((one) => one['exchange_order_id'] === String(order.id))
      if (row !== undefined) return { order, id: row['client_order_id'] ?? null }
      // A pair that has one client id for both of its orders: they are ours in turn.
      const { clientOrderId: groupId } = order
      const legs = legsOf.get(groupId) ?? rows.filter((one) => one['group_id'] === groupId)
      legsOf.set(groupId, legs)
      return { order, id: legs.shift()?.['client_order_id'] ?? null }
    })
    expect([exchange, told.filter(({ id }) => id === null).map(({ order }) => order)]).toEqual([exchange, []])
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length)
    // Each intent here is there, as it stands here; what is not there was never sent.
    for (const row of rows) {
      const there = told.find(({ id }) => id === row['client_order_id'])?.order
      const label = [exchange, row['client_order_id'], row['error_message']]
      if (there === undefined) {
        expect([...label, ['REJECTED', 'DENIED'].includes(row['status'] ?? '')]).toEqual([...label, true])
        continue
      }
      expect([...label, row['status']]).toEqual([...label, there.status])
      expect([...label, Number(row['filled_quantity'])]).toEqual([...label, Number(there.filledQuantity)])
    }
    // Every cancel and every change that was asked for has come about, or is where it was before.
    for (const { exchange: at, command, point } of LIVES.filter((life) => life.exchange === exchange)) {
      const id = resting.get(`${at} ${command} ${point}`)
      if (command === 'cancel') expect([at, point, here.get(id ?? '')?.['status']]).toEqual([at, point, 'CANCELED'])
      if (command !== 'edit') continue
      const successors = rows.filter((row) => row['replaces_id'] === id && row['status'] === 'ACCEPTED')
      const isOpen = here.get(id ?? '')?.['status'] === 'ACCEPTED'
      const ends = rows.filter((row) => row['replaces_id'] === id).map((row) => [row['status'], row['error_message']])
      expect([at, point, ends, successors.length + (isOpen ? 1 : 0)]).toEqual([at, point, ends, 1])
    }
    // Market orders: each intent bought once at most, and all that the exchange gave is in the position.
    const [position] = await installation.query('SELECT quantity::text FROM positions WHERE broker_id = $1', [
      account.brokerId,
    ])
    const bought = ledger.fills.reduce((sum, fill) => sum.plus(fill.side === 'BUY' ? fill.quantity : '0'), d('0'))
    const fees = ledger.fills.reduce((sum, fill) => sum.plus(fill.feeAsset === 'BTC' ? fill.fee : '0'), d('0'))
    expect(d(position?.['quantity'] ?? '0').toFixed()).toBe(bought.minus(fees).toFixed())
  }
}, 400_000)
