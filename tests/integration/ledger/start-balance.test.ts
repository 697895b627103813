import { afterAll, beforeAll, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker, findBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { closePool } from '@/lib/db/pool'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { createLogger } from '@/lib/platform/logger'
import { readStartBalance } from '@/lib/use-cases/read-statistics'
import { compareFills } from '@/lib/use-cases/compare-fills'
import { createTrackerDesk } from '@/lib/use-cases/tracker-desk'
import { type Installation, openInstallation } from '../../support/installation'
import { openStandIn, pairOf } from '../../support/stand-in-exchange'
import { openDesk, type TradingDesk } from '../../support/trading-desk'

// What a period began with, where not every change of the quote asset is a gain.

let installation: Installation
let trading: TradingDesk

beforeAll(async () => {
  installation = await openInstallation('start_balance')
  trading = openDesk(installation)
})
afterAll(async () => {
  await trading.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

/** Day, market, side, quantity, amount in the market's quote asset, fee. */
type Told = [string, string, 'BUY' | 'SELL', string, string, string]

const TOLD: Told[] = [
  ['2026-05-01', 'BTC/USDT', 'BUY', '0.1', '6000', '0.01 BNB'],
  ['2026-05-02', 'BTC/USDT', 'SELL', '0.1', '6100', '0.01 BNB'],
  ['2026-05-03', 'BTC/USDT', 'SELL', '0.5', '30000', '30 USDT'],
  ['2026-05-04', 'USDT/EUR', 'BUY', '1000', '900', '1 USDT'],
  ['2026-05-05', 'BTC/USDT', 'BUY', '0.2', '10000', '0 USDT'],
  ['2026-05-05', 'BTC/USDT', 'SELL', '0.3', '15600', '15.6 USDT'],
  ['2026-05-06', 'ETH/EUR', 'BUY', '1', '2700', '3 USDT'],
  ['2026-05-07', 'BTC/USDT', 'BUY', '0.1', '5000', '0.02 BNB'],
]

it('tells what came by trading from what did not', async () => {
  const made = await signUp({ name: 'counted', password: 'a password for tests' })
  if (!made.isCreated) throw new Error(made.reason)
  const { userId } = made
  const brokerId = await createBroker({
    userId,
    name: 'Paper',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: true,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  await replaceInstruments(brokerId, ['BTC/USDT', 'USDT/EUR', 'ETH/EUR', 'BNB/USDT'].map(pairOf))
  const exchange = openStandIn()
  // One BNB is worth 600 USDT, at all times.
  exchange.prices.set('BNB/USDT', d('600')).set('USDT/EUR', d('0.9'))
  for (const [at, [day, symbol, side, quantity, amount, fee]] of TOLD.entries()) {
    const time = Date.parse(`${day}T12:00:00Z`) + at * 1000
    const minute = time - (time % 60_000)
    exchange.closes.set(`BNB/USDT ${minute}`, d('600')).set(`USDT/EUR ${minute}`, d('0.9'))
    const [paid = '', feeAsset = ''] = fee.split(' ')
    const id = `x${at}`
    const names = { clientOrderId: `web-${at}`, exchangeOrderId: id, symbol, side }
    const executed = { quantity: d(quantity), filledQuantity: d(quantity), filledQuoteQuantity: d(amount) }
    const times = { createdTime: time, updatedTime: time, native: {} }
    exchange.orders.push({ ...names, type: 'MARKET', status: 'FILLED', ...executed, ...times })
    exchange.fills.push({
      ...{ exchangeTradeId: String(at), exchangeOrderId: id, symbol, side, quantity: d(quantity) },
      ...{ price: d(amount).div(quantity), quoteQuantity: d(amount), fee: d(paid), feeAsset },
      ...{ liquidity: 'TAKER', tradeTime: time },
    })
  }
  const now = Date.parse('2026-05-08T00:00:00Z')
  const log = createLogger('test', 'silent')
  const desk = createTrackerDesk({ bus: trading.bus, gateway: exchange.gateway, clock: () => now, log })
  const broker = await findBroker(brokerId)
  if (broker === null) throw new Error('no broker')
  for (const symbol of ['BTC/USDT', 'USDT/EUR', 'ETH/EUR'])
    await compareFills(desk, broker, symbol, Date.parse('2026-05-01T00:00:00Z'))

  // 10,000 USDT, 1 BNB, some BTC and EUR were there. USDT:
  // 1 May  10000 - 6000 = 4000; the purchase cost 6006, of which 6 were BNB: +6.
  // 2 May  4000 + 6100 = 10100; gained 6100 - 6 - 6006 = 88, of which 6 were BNB: +6.
  // 3 May  10100 + 30000 - 30 = 40070; bitcoin that cost nothing here: no gain, +29970.
  // 4 May  40070 + 1000 - 1 = 41069; bought for euros: +999.
  // 5 May  41069 - 10000 + 15600 - 15.6 = 46653.4; of 0.3 sold 0.2 cost 10000: gained 15584.4 * 2/3 - 10000 = 389.6;
  //        a third cost nothing here: +5194.8.
  // 6 May  46653.4 - 3 = 46650.4; the fee of a market in euros: -3.
  // 7 May  46650.4 - 5000 = 41650.4; a holding that cost 5012, of which 12 were BNB: +12.
  exchange.balances.set('USDT', d('41650.4'))
  const movements = [
    { day: '2026-05-01', amount: '6' },
    { day: '2026-05-02', amount: '6' },
    { day: '2026-05-03', amount: '29970' },
    { day: '2026-05-04', amount: '999' },
    { day: '2026-05-05', amount: '5194.8' },
    { day: '2026-05-06', amount: '-3' },
    { day: '2026-05-07', amount: '12' },
  ]
  const user = { id: userId, timeZone: 'UTC' }
  const asked = { broker: 'practice', quote: 'USDT' }
  // 41650.4 and 5012 in bitcoin, less 88 + 389.6 gained, less 36184.8 that came otherwise.
  expect(await readStartBalance(exchange.gateway, user, asked)).toEqual({ quote: 'USDT', start: '10000', movements })
  // At the end of 2 May there were 10100.
  const later = { ...asked, from: '2026-05-03', to: '2026-05-05' }
  expect(await readStartBalance(exchange.gateway, user, later)).toEqual({
    quote: 'USDT',
    start: '10100',
    movements: movements.slice(2, 5),
  })
  // The days are the user's: noon in UTC is the next morning there.
  const eastern = await readStartBalance(exchange.gateway, { ...user, timeZone: 'Pacific/Kiritimati' }, asked)
  expect(eastern.movements.map(({ day }) => day)).toEqual(
    movements.map(({ day }) => day.replace(/0(\d)$/, (_, n: string) => `0${Number(n) + 1}`)),
  )
  // And what a reconciliation found comes on top.
  await installation.query(
    `WITH looked AS (INSERT INTO balance_checks (broker_id, state, asked_at, read_at)
       VALUES ($1, 'DONE', '2026-05-07T00:00:00Z', '2026-05-07T00:00:00Z') RETURNING id)
     INSERT INTO balance_differences (check_id, broker_id, asset, kind, amount, occurred_at)
     SELECT id, $1::uuid, 'USDT', 'DEPOSIT', 500, timestamptz '2026-05-04T01:00:00Z' FROM looked`,
    [brokerId],
  )
  exchange.balances.set('USDT', d('42150.4'))
  expect(await readStartBalance(exchange.gateway, user, asked)).toEqual({
    quote: 'USDT',
    start: '10000',
    movements: movements.map((move) => (move.day === '2026-05-04' ? { ...move, amount: '1499' } : move)),
  })
})
