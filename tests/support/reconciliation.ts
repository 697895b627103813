import { expect } from 'vitest'
import { findInstrument } from '@/lib/db/instrument-repository'
import { fillsOfPosition } from '@/lib/db/fill-repository'
import { pgPool } from '@/lib/db/pool'
import { type Amount, parseDecimal as d, sum, toWire } from '@/lib/domain/money/decimal'
import { foldAll } from '@/lib/domain/position/fold'
import { type Ledger, readLedger, type TestAccount } from './account'
import type { Installation } from './installation'

interface TradeRow {
  client_order_id: string
  exchange_order_id: string | null
  status: string
  source: string
  filled_quantity: string
}

interface FillRow {
  exchange_trade_id: string
  client_order_id: string
  price: string
  quantity: string
  quote_quantity: string
  fee: string
  fee_asset: string
}

const plain = (text: string): string => toWire(d(text))

/** The journal of an account and the exchange's own ledger say the same: orders, executions, money. */
export async function expectSameAsExchange(
  installation: Installation,
  account: TestAccount,
  deposited: Record<string, string>,
): Promise<Ledger> {
  const ledger = await readLedger(installation, account)
  const journal = await installation.query<TradeRow & Record<string, never>>(
    'SELECT * FROM trades WHERE broker_id = $1',
    [account.brokerId],
  )
  // No order of the exchange is unknown here, none is there twice, and each has the same fate on both sides.
  const atExchange = ledger.orders.map((order) => [order.clientOrderId, order.status, plain(order.filledQuantity)])
  const arrived = journal.filter((row) => row.exchange_order_id !== null)
  expect(arrived.map((row) => [row.client_order_id, row.status, plain(row.filled_quantity)]).sort()).toEqual(
    atExchange.sort(),
  )
  // What did not arrive there is known to have failed.
  const failed = journal.filter((row) => row.exchange_order_id === null).map((row) => row.status)
  expect(failed.filter((status) => !['DENIED', 'REJECTED', 'CANCELED'].includes(status))).toEqual([])

  const fills = await installation.query<FillRow & Record<string, never>>('SELECT * FROM fills WHERE broker_id = $1', [
    account.brokerId,
  ])
  const owners = new Map(ledger.orders.map((order) => [order.id, order.clientOrderId]))
  expect(
    fills
      .map((fill) => [
        fill.exchange_trade_id,
        fill.client_order_id,
        plain(fill.price),
        plain(fill.quantity),
        plain(fill.fee),
        fill.fee_asset,
      ])
      .sort(),
  ).toEqual(
    ledger.fills
      .map((fill) => [
        String(fill.id),
        owners.get(fill.orderId),
        plain(fill.price),
        plain(fill.quantity),
        plain(fill.fee),
        fill.feeAsset,
      ])
      .sort(),
  )
  expectMoneyExplained(ledger, deposited)
  return ledger
}

/** What came in, and what each execution moved, is what the account holds. */
function expectMoneyExplained(ledger: Ledger, deposited: Record<string, string>): void {
  for (const [asset, { free, locked }] of Object.entries(ledger.balances)) {
    const moves: Amount[] = [d(deposited[asset] ?? '0')]
    for (const fill of ledger.fills) {
      const sign = fill.side === 'BUY' ? 1 : -1
      if (fill.symbol.endsWith(asset)) moves.push(d(fill.quoteQuantity).times(-sign))
      if (fill.symbol.startsWith(asset)) moves.push(d(fill.quantity).times(sign))
      if (fill.feeAsset === asset) moves.push(d(fill.fee).neg())
    }
    expect([asset, toWire(sum(moves))]).toEqual([asset, toWire(d(free).plus(d(locked)))])
  }
}

/**
 * What an account that began with USDT alone has gained by the exchange's figures is what its round trips say, less the cost of
 * what it still holds, dust included. Its fees were taken in what was traded.
 */
export async function expectGainsExplained(
  installation: Installation,
  account: TestAccount,
  deposited: string,
): Promise<void> {
  const { free, locked } = (await readLedger(installation, account)).balances['USDT'] ?? { free: '0', locked: '0' }
  const [kept] = await installation.query(
    `SELECT (SELECT coalesce(sum(realized_pnl), 0) FROM round_trips WHERE broker_id = $1)::text AS gained,
       coalesce(sum(cost + dust_cost), 0)::text AS cost FROM positions WHERE broker_id = $1`,
    [account.brokerId],
  )
  const gained = d(free)
    .plus(d(locked))
    .minus(d(deposited))
    .plus(d(kept?.['cost'] ?? '0'))
  expect(plain(kept?.['gained'] ?? '')).toBe(toWire(gained))
}

/** Every position of an account is what its fills make of it. */
export async function expectPositionsFolded(installation: Installation, account: TestAccount): Promise<number> {
  const positions = await installation.query(
    'SELECT id, symbol, quantity, cost, dust_quantity, dust_cost, realized_pnl FROM positions WHERE broker_id = $1',
    [account.brokerId],
  )
  for (const position of positions) {
    const instrument = await findInstrument(account.brokerId, position['symbol'] ?? '')
    if (instrument === null) throw new Error('no instrument')
    const id = position['id'] ?? ''
    const { state, roundTrips } = foldAll(await fillsOfPosition(pgPool(), id), instrument)
    const names = ['quantity', 'cost', 'dust_quantity', 'dust_cost', 'realized_pnl']
    expect(names.map((name) => plain(position[name] ?? ''))).toEqual(
      [state.quantity, state.cost, state.dust.quantity, state.dust.cost, state.realizedPnl].map(toWire),
    )
    const trips = await installation.query(
      'SELECT realized_pnl FROM round_trips WHERE position_id = $1 ORDER BY number',
      [id],
    )
    expect(trips.map((trip) => plain(trip['realized_pnl'] ?? ''))).toEqual(
      roundTrips.map((trip) => toWire(trip.realizedPnl)),
    )
    const [sold] = await installation.query<{ pnl: string | null }>(
      'SELECT sum(realized_pnl)::text AS pnl FROM trades WHERE position_id = $1',
      [id],
    )
    expect(plain(sold?.pnl ?? '0')).toBe(toWire(state.realizedPnl))
  }
  return positions.length
}
