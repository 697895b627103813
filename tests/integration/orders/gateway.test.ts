import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Bus, createBus } from '@/lib/bus/bus'
import { claimForSubmit, lockOrder } from '@/lib/db/order-repository'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller, type GatewayCaller } from '@/lib/use-cases/call-gateway'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { placeOrder, placeOrderGroup } from '@/lib/use-cases/place-order'
import { closePool } from '@/lib/db/pool'
import { disconnectPrisma } from '@/lib/db/client'
import { openAccount, readLedger, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'

const SYMBOL = 'BTC/USDT'
let installation: Installation
let account: TestAccount
let bus: Bus
let gateway: GatewayCaller

interface OrderRow {
  status: string
  filled_quantity: string
  error_code: string | null
  error_message: string | null
  status_exchange_client: unknown
  realized_pnl: string | null
}
const rowOf = async (id: string): Promise<OrderRow> => {
  const [row] = await installation.query<OrderRow & Record<string, never>>(
    'SELECT * FROM trades WHERE client_order_id = $1',
    [id],
  )
  if (row === undefined) throw new Error(`no row ${id}`)
  return row
}
const settled = (id: string, status: string, limitMs = 25_000) =>
  until(async () => ((await rowOf(id)).status === status ? rowOf(id) : null), limitMs, `${id} ${status}`)

async function draft(change: Partial<OrderDraft> = {}): Promise<OrderDraft> {
  const positionId = await inTransaction((tx) =>
    ensurePosition(tx, { userId: account.userId, brokerId: account.brokerId, symbol: SYMBOL }),
  )
  return {
    clientOrderId: newClientOrderId(),
    userId: account.userId,
    brokerId: account.brokerId,
    symbol: SYMBOL,
    side: 'BUY',
    type: 'MARKET',
    quoteQuantity: d('100'),
    source: 'MANUAL',
    purpose: 'OTHER',
    positionId,
    sendBefore: Date.now() + 20_000,
    ...change,
  }
}
const buy = async (change: Partial<OrderDraft> = {}): Promise<string> => {
  const order = await draft(change)
  await placeOrder({ bus, now: Date.now() }, order)
  return order.clientOrderId
}
/** A target and a stop far from the price, for a part of what the account holds. */
async function placePair(): Promise<{ groupId: string; target: string; stop: string }> {
  const groupId = newClientOrderId()
  const { quoteQuantity: _, ...base } = { ...(await draft({ side: 'SELL', quantity: d('0.0005') })), groupId }
  const [target, stop] = [newClientOrderId(), newClientOrderId()]
  await placeOrderGroup({ bus, now: Date.now() }, { id: groupId, kind: 'OCO', isEmulated: false }, [
    { ...base, clientOrderId: target, type: 'LIMIT', purpose: 'TAKE_PROFIT', limitPrice: d('200000') },
    { ...base, clientOrderId: stop, type: 'STOP_MARKET', purpose: 'STOP_LOSS', stopPrice: d('10000') },
  ])
  return { groupId, target, stop }
}

const atExchange = async (id: string) =>
  (await readLedger(installation, account)).orders.filter((order) => order.clientOrderId === id)

beforeAll(async () => {
  installation = await openInstallation('gateway')
  await installation.start('simulator')
  await installation.start('gateway')
  account = await openAccount(installation, 'gateway-user')
  bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  gateway = createGatewayCaller(bus, Date.now)
})
beforeEach(() => installation.control('PUT', 'faults', {}))
afterAll(async () => {
  await bus.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('orders through the gateway', () => {
  it('fills a market order and folds its executions into the position', async () => {
    const row = await settled(await buy(), 'FILLED')
    expect(Number(row.filled_quantity)).toBeGreaterThan(0)
    expect(row.status_exchange_client).not.toBeNull()
    const [position] = await installation.query('SELECT quantity, cost FROM positions WHERE broker_id = $1', [
      account.brokerId,
    ])
    const { balances } = await readLedger(installation, account)
    expect(Number(position?.['quantity'])).toBeCloseTo(Number(balances['BTC']?.free), 8)
    expect(Number(position?.['cost'])).toBeCloseTo(10_000 - Number(balances['USDT']?.free), 6)
  })

  it('denies by the market rule, and records what the exchange refuses', async () => {
    const small = await settled(await buy({ quoteQuantity: d('1') }), 'DENIED')
    expect(small.error_code).toBe('INVALID_ORDER')
    expect(small.error_message).toContain('worth at least')
    const rich = await settled(await buy({ quoteQuantity: d('1000000') }), 'REJECTED')
    expect(rich.error_code).toBe('INSUFFICIENT_FUNDS')
    expect(rich.status_exchange_client).toMatchObject({ code: '-2010' })
  })

  it('rests a limit order and cancels it', async () => {
    const { quoteQuantity: _, ...order } = await draft({
      type: 'LIMIT',
      quantity: d('0.001'),
      limitPrice: d('20000'),
      timeInForce: 'GTC',
    })
    await placeOrder({ bus, now: Date.now() }, order)
    const id = order.clientOrderId
    await settled(id, 'ACCEPTED')
    expect(await cancelOrder(bus, id, Date.now())).toBe(true)
    await settled(id, 'CANCELED')
    expect((await atExchange(id))[0]?.status).toBe('CANCELED')
    expect(await cancelOrder(bus, id, Date.now())).toBe(false)
  })

  it('places a pair and cancels both legs', async () => {
    await settled(await buy(), 'FILLED')
    const { target, stop } = await placePair()
    await settled(target, 'ACCEPTED')
    await settled(stop, 'ACCEPTED')
    await cancelOrder(bus, stop, Date.now())
    await settled(target, 'CANCELED')
    await settled(stop, 'CANCELED')
  })

  it('answers questions, and says why it cannot', async () => {
    const balances = await gateway.call(account.brokerId, 'get_balance', {})
    expect(balances.find((balance) => balance.asset === 'USDT')?.free.gt(0)).toBe(true)
    const ticker = await gateway.call(account.brokerId, 'get_ticker', { symbol: SYMBOL })
    expect(ticker.lastPrice.gt(0)).toBe(true)
    await expect(gateway.call(account.brokerId, 'get_ticker', { symbol: 'NO/PAIR' })).rejects.toThrow()
  })
})

describe('a faulty exchange', () => {
  const orderPath = 'POST /api/v3/order'

  it('429: waits the told time and sends then', async () => {
    await installation.control('PUT', 'faults', {
      path: orderPath,
      rateLimit: { status: 429, retryAfterSeconds: 1, count: 1 },
    })
    const id = await buy()
    await settled(id, 'FILLED')
    expect(await atExchange(id)).toHaveLength(1)
    const events = await installation.query('SELECT kind FROM order_events WHERE client_order_id = $1 ORDER BY id', [
      id,
    ])
    expect(events.map((event) => event['kind'])).toContain('NOT_SENT')
  })

  it('429 to a pair: both legs wait and go together, however often somebody asks for them meanwhile', async () => {
    await settled(await buy(), 'FILLED')
    await installation.control('PUT', 'faults', {
      path: 'POST /api/v3/orderList/oco',
      rateLimit: { status: 429, retryAfterSeconds: 1, count: 3 },
    })
    const { groupId, target, stop } = await placePair()
    const isOver = async () => (await rowOf(stop)).status === 'ACCEPTED' && (await rowOf(target)).status === 'ACCEPTED'
    await until(
      async () => {
        await bus.publish('order-group.submit', { groupId })
        return isOver()
      },
      20_000,
      'the pair at the exchange',
      async () => [await rowOf(target), await rowOf(stop)].map((row) => [row.status, row.error_message]),
    )
    await cancelOrder(bus, stop, Date.now())
    await settled(target, 'CANCELED')
  }, 40_000)

  it('away: nothing is sent, and it is sent when the exchange is back in time', async () => {
    await installation.kill('simulator')
    const id = await buy()
    await until(
      async () =>
        (await installation.query("SELECT 1 FROM order_events WHERE client_order_id = $1 AND kind = 'NOT_SENT'", [id]))
          .length > 0,
    )
    await installation.start('simulator')
    await settled(id, 'FILLED')
    expect(await atExchange(id)).toHaveLength(1)
  }, 40_000)

  it('silent for longer than the intent holds: denied, not sent late', async () => {
    await installation.kill('simulator')
    const id = await buy({ sendBefore: Date.now() + 2500 })
    const row = await settled(id, 'DENIED')
    expect(row.error_message).not.toBeNull()
    await installation.start('simulator')
    expect(await atExchange(id)).toHaveLength(0)
  }, 40_000)
})

describe('a gateway that is away', () => {
  it('before it takes the order: sent once when it is back', async () => {
    await installation.kill('gateway')
    const id = await buy({ sendBefore: Date.now() + 30_000 })
    await installation.start('gateway')
    await settled(id, 'FILLED')
    expect(await atExchange(id)).toHaveLength(1)
  }, 40_000)

  it('takes the legs of a pair in the order in which everybody locks them, however they lie in the table', async () => {
    await installation.kill('gateway')
    const { groupId, target, stop } = await placePair()
    const [first = '', second = ''] = [target, stop].sort()
    // Its newest version lies behind the other leg now.
    await installation.query('UPDATE trades SET updated_at = now() WHERE client_order_id = $1', [first])
    const claimed = await inTransaction(async (tx) => {
      await lockOrder(tx, first)
      const claim = inTransaction((other) => claimForSubmit({ groupId }, Date.now(), other))
      const isWaiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%claimed AS%'"
      await until(async () => (await installation.query(isWaiting))[0], 15_000, 'a claim that waits')
      await tx.query("SET LOCAL lock_timeout = '500ms'")
      await lockOrder(tx, second)
      return { claim }
    })
    expect((await claimed.claim).map((leg) => leg.clientOrderId)).toEqual([first, second])
    await installation.start('gateway')
  }, 60_000)
})

it('starts although the exchange keeps it waiting for what is in flight', async () => {
  await installation.kill('gateway')
  // Sent by an earlier life, whose answer nobody has heard.
  const ids = await Promise.all([buy(), buy()])
  await installation.query(
    "UPDATE trades SET status = 'SUBMITTED', submitted_at = now() WHERE client_order_id = ANY($1)",
    [ids],
  )
  await installation.control('PUT', 'faults', { path: 'GET ', latencyMs: 8000 })
  const startedAt = performance.now()
  await installation.start('gateway')
  expect(performance.now() - startedAt).toBeLessThan(12_000)
  await installation.control('PUT', 'faults', {})
  // They never arrived: known after the time in which they could have.
  for (const id of ids) await settled(id, 'REJECTED', 40_000)
}, 90_000)
