import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { placeOrder } from '@/lib/use-cases/place-order'
import { openAccount, type TestAccount } from '../../support/account'
import { openExchange } from '../../support/exchange'
import { type Installation, openInstallation, until } from '../../support/installation'
import type { OrderRow } from '../../support/journal'
import { expectPositionsFolded, expectSameAsExchange } from '../../support/reconciliation'
import { openDesk, type TradingDesk } from '../../support/trading-desk'

let installation: Installation
let desk: TradingDesk
let account: TestAccount
let exchange: Awaited<ReturnType<typeof openExchange>>

const priceTo = (price: string, symbol = 'BTCUSDT') =>
  installation.control('PUT', 'price', { symbol, price, hold: true })
const orders = (brokerId: string) =>
  installation.query<OrderRow & Record<string, never>>(
    'SELECT * FROM trades WHERE broker_id = $1 ORDER BY created_at',
    [brokerId],
  )
/** Ticks, not faster than the exchange's limits allow, until the journal says so. */
async function tracked<T>(read: () => Promise<T | false | undefined>, what: string): Promise<T> {
  let tickedAt = 0
  return until(
    async () => {
      if (Date.now() - tickedAt > 1500) {
        tickedAt = Date.now()
        await desk.tick()
      }
      return read()
    },
    20_000,
    what,
  )
}

beforeAll(async () => {
  installation = await openInstallation('tracker')
  desk = openDesk(installation)
  for (const daemon of ['simulator', 'gateway', 'tracker'] as const) await installation.start(daemon)
  account = await openAccount(installation, 'tracked')
  exchange = await openExchange(installation, account)
})
beforeEach(() => priceTo('60000'))
afterAll(async () => {
  await exchange.close()
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe("orders placed at the exchange's own site", () => {
  it('are adopted with their executions, also in a market that the bot never traded', async () => {
    const market = await exchange.place({ symbol: 'ETH/USDT', side: 'BUY', type: 'MARKET', quoteQuantity: d('300') })
    const [bought] = await tracked(async () => {
      const rows = await orders(account.brokerId)
      return rows[0]?.status === 'FILLED' && rows
    }, 'the purchase adopted')
    expect(bought).toMatchObject({ source: 'EXTERNAL', client_order_id: market.clientOrderId, side: 'BUY' })

    const limit = await exchange.place({
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'LIMIT',
      quantity: d('0.001'),
      limitPrice: d('50000'),
      timeInForce: 'GTC',
    })
    const find = async (status: string) => {
      const row = (await orders(account.brokerId)).find((each) => each.client_order_id === limit.clientOrderId)
      return row?.status === status && row
    }
    expect(await tracked(() => find('ACCEPTED'), 'the resting order adopted')).toMatchObject({ source: 'EXTERNAL' })
    await exchange.cancelAll('BTC/USDT')
    await tracked(() => find('CANCELED'), 'its end seen')
    await expectSameAsExchange(installation, account, { USDT: '10000' })
    expect(await expectPositionsFolded(installation, account)).toBe(2)
  }, 60_000)
})

describe('our own orders', () => {
  it('a limit order that fills after it was accepted is folded at the next look', async () => {
    const positionId = await inTransaction((tx) =>
      ensurePosition(tx, { userId: account.userId, brokerId: account.brokerId, symbol: 'BTC/USDT' }),
    )
    const clientOrderId = newClientOrderId()
    await placeOrder(
      { bus: desk.bus, now: Date.now() },
      {
        clientOrderId,
        userId: account.userId,
        brokerId: account.brokerId,
        symbol: 'BTC/USDT',
        side: 'BUY',
        type: 'LIMIT',
        quantity: d('0.01'),
        limitPrice: d('59000'),
        timeInForce: 'GTC',
        source: 'MANUAL',
        purpose: 'OTHER',
        positionId,
        sendBefore: Date.now() + 20_000,
      },
    )
    const find = async (status: string) => {
      const row = (await orders(account.brokerId)).find((each) => each.client_order_id === clientOrderId)
      return row?.status === status && row
    }
    await until(() => find('ACCEPTED'))
    await priceTo('58900')
    const row = await tracked(() => find('FILLED'), 'the fill seen')
    expect(toWire(d(row.filled_quantity))).toBe('0.01')
    await expectSameAsExchange(installation, account, { USDT: '10000' })
    await expectPositionsFolded(installation, account)
  }, 60_000)

  it('deposits change nothing in the journal', async () => {
    const before = await orders(account.brokerId)
    await installation.control('POST', 'deposits', { apiKey: account.apiKey, asset: 'BTC', amount: '1' })
    await installation.control('POST', 'deposits', { apiKey: account.apiKey, asset: 'USDT', amount: '500' })
    const since = Date.now()
    const synced = await tracked(async () => {
      const [row] = await installation.query<{ last_synced_at: Date; last_error: string | null }>(
        'SELECT last_synced_at, last_error FROM brokers WHERE id = $1',
        [account.brokerId],
      )
      return row !== undefined && row.last_synced_at.getTime() > since + 1000 && row
    }, 'two looks after the deposit')
    expect(synced.last_error).toBeNull()
    expect(await orders(account.brokerId)).toEqual(before)
    await expectSameAsExchange(installation, account, { USDT: '10500', BTC: '1' })
  }, 60_000)
})

describe('fees in BNB', () => {
  it("are valued in the quote asset at BNB's price", async () => {
    await priceTo('600', 'BNBUSDT')
    const rich = await openAccount(installation, 'bnb-payer', 'OFF', {
      balances: { USDT: '10000', BNB: '1' },
      bnbBurn: true,
    })
    const site = await openExchange(installation, rich)
    await site.place({ symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: d('0.01') })
    const [order] = await tracked(async () => {
      const rows = await orders(rich.brokerId)
      return rows[0]?.status === 'FILLED' && rows
    }, 'the purchase adopted')
    const fills = await installation.query('SELECT * FROM fills WHERE client_order_id = $1', [
      order?.client_order_id ?? '',
    ])
    for (const fill of fills) {
      expect(fill['fee_asset']).toBe('BNB')
      expect(d(fill['fee_in_quote'] ?? '0').eq(d(fill['fee'] ?? '0').times(600))).toBe(true)
    }
    const [position] = await installation.query('SELECT cost, quantity FROM positions WHERE broker_id = $1', [
      rich.brokerId,
    ])
    const spent = fills.reduce(
      (sum, fill) => sum.plus(fill['quote_quantity'] ?? '0').plus(fill['fee_in_quote'] ?? '0'),
      d('0'),
    )
    expect(toWire(d(position?.['cost'] ?? '0'))).toBe(toWire(spent))
    expect(toWire(d(position?.['quantity'] ?? '0'))).toBe('0.01')
    await expectSameAsExchange(installation, rich, { USDT: '10000', BNB: '1' })
    await site.close()
  }, 60_000)

  it('are valued later when nobody knew the price at the time', async () => {
    const rich = await openAccount(installation, 'bnb-later', 'OFF', {
      balances: { USDT: '10000', BNB: '1' },
      bnbBurn: true,
    })
    await installation.control('PUT', 'faults', {
      path: 'GET /api/v3/ticker',
      httpStatus: { status: 500, count: 1000 },
    })
    const site = await openExchange(installation, rich)
    await site.place({ symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: d('0.01') })
    await tracked(async () => (await orders(rich.brokerId))[0]?.status === 'FILLED', 'the purchase adopted')
    const unvalued = () =>
      installation.query('SELECT 1 FROM fills WHERE broker_id = $1 AND fee_in_quote IS NULL', [rich.brokerId])
    expect(await unvalued()).not.toHaveLength(0)
    await installation.control('PUT', 'faults', {})
    await tracked(async () => (await unvalued()).length === 0, 'the fee valued')
    await expectPositionsFolded(installation, rich)
    const [position] = await installation.query('SELECT cost FROM positions WHERE broker_id = $1', [rich.brokerId])
    expect(d(position?.['cost'] ?? '0').gt(600)).toBe(true)
    await site.close()
  }, 60_000)
})
