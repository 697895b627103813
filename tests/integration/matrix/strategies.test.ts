import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import type { AccountMode, ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { openBroker, readLedger, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openJournal, totalOf } from '../../support/journal'
import { openDesk, strategyOf, type TradingDesk } from '../../support/trading-desk'

// The same strategy on every account system: entry, stop at the exchange, target at the exchange or here, exit, P&L.

const ACCOUNTS: [ExchangeId, AccountMode | undefined, 'NATIVE' | 'EMULATED'][] = [
  ['binance', undefined, 'NATIVE'],
  ['bitget', 'CLASSIC', 'EMULATED'],
  ['bitget', 'UNIFIED', 'EMULATED'],
  ['kucoin', 'CLASSIC', 'EMULATED'],
  ['kucoin', 'UNIFIED', 'EMULATED'],
]
let installation: Installation
let desk: TradingDesk
let journal: ReturnType<typeof openJournal>
let userId: string

const priceTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })

beforeAll(async () => {
  installation = await openInstallation('strategies')
  desk = openDesk(installation)
  journal = openJournal(installation)
  await installation.start('simulator')
  await priceTo('60000')
  for (const daemon of ['gateway', 'engine', 'tracker'] as const) await installation.start(daemon)
  const user = await signUp({ name: 'trio-user', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  userId = user.userId
}, 60_000)
beforeEach(() => priceTo('60000'))
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

/** A run whose position is open with its stop and its target. */
async function enter(account: TestAccount, name: string) {
  const runId = await desk.run(account, strategyOf(name, { long: true }))
  await desk.signal(account, { closes: [60_000] })
  const exits = await until(
    async () => {
      const orders = await journal.orders(runId)
      const stop = orders.find(({ purpose, status }) => purpose === 'STOP_LOSS' && status === 'ACCEPTED')
      const target = orders.find(
        ({ purpose, status }) => purpose === 'TAKE_PROFIT' && (status === 'ACCEPTED' || status === 'INITIALIZED'),
      )
      return stop && target && { stop, target }
    },
    20_000,
    `${name} protected`,
    async () => ({ decisions: await journal.decisions(runId), orders: await journal.orders(runId) }),
  )
  await installation.query('UPDATE active_strategies SET is_active = false WHERE id = $1', [runId])
  return { runId, ...exits }
}

describe.each(ACCOUNTS)('%s %s', (exchange, accountMode, pairing) => {
  it.each([
    ['its target', '61500', 'TAKE_PROFIT'],
    ['its stop', '59000', 'STOP_LOSS'],
  ] as const)(
    'enters, is protected, and leaves at %s with the right P&L',
    async (_, price, purpose) => {
      const funds = { balances: { USDT: '10000' }, ...(accountMode && { accountMode }) }
      const account = await openBroker(
        installation,
        userId,
        exchange,
        'STRATEGY',
        funds,
        `${exchange} ${purpose} ${accountMode ?? ''}`,
      )
      const before = await totalOf(installation, account, 'USDT')
      const { runId, target } = await enter(account, `${exchange} ${accountMode ?? ''} ${purpose}`)
      expect(target.status).toBe(pairing === 'NATIVE' ? 'ACCEPTED' : 'INITIALIZED')
      await priceTo(price)
      const position = await until(
        async () => {
          const now = await journal.position(runId)
          return now !== undefined && d(now.quantity).isZero() && now
        },
        20_000,
        'flat',
      )
      // Its executions may be here a moment before the end of their order.
      const orders = await until(
        async () => {
          const all = await journal.orders(runId)
          return all.every(({ status }) => ['FILLED', 'CANCELED', 'EXPIRED'].includes(status)) && all
        },
        20_000,
        'every order closed',
      )
      expect(orders.find((order) => order.purpose === purpose)?.status).toBe('FILLED')
      const moved = (await totalOf(installation, account, 'USDT')).minus(before)
      expect(d(position.realized_pnl).toFixed()).toBe(moved.plus(d(position.dust_cost)).toFixed())
      const { orders: there } = await readLedger(installation, account)
      expect(there.filter(({ status }) => status === 'ACCEPTED')).toEqual([])
    },
    60_000,
  )
})
