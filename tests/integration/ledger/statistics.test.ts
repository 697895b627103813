import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBus } from '@/lib/bus/bus'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma, prisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { ensureStrategy } from '@/lib/db/strategy-repository'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { FILL_COLUMNS, fillLines, TRIP_COLUMNS, tripLines } from '@/lib/use-cases/export-ledger'
import { readStartBalance, readStatistics } from '@/lib/use-cases/read-statistics'
import { openBroker as openPaperBroker } from '../../support/account'
import { type Installation, openInstallation } from '../../support/installation'
import { writeTrips } from '../../support/round-trips'

// Statistics and exports over round trips that are written straight into the database.

const EMPTY = { count: 0, rows: [] }

let installation: Installation
let userId: string
let other: string
const brokers: string[] = []

const openUser = async (name: string): Promise<string> => {
  const made = await signUp({ name, password: 'a password for tests' })
  if (!made.isCreated) throw new Error(made.reason)
  return made.userId
}
const openBroker = (owner: string, name: string): Promise<string> =>
  createBroker({
    userId: owner,
    name,
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'OFF',
    isDefault: false,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
const write = (brokerId: string, trips: Parameters<typeof writeTrips>[2]) =>
  writeTrips((sql, values) => installation.query(sql, values), { userId, brokerId }, trips)

async function textOf(lines: AsyncGenerator<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}

beforeAll(async () => {
  installation = await openInstallation('statistics')
  userId = await openUser('counted')
  other = await openUser('other')
  brokers.push(await openBroker(userId, '=Un'), await openBroker(userId, 'Deux'))
})
beforeEach(async () => {
  await installation.query('DELETE FROM trades')
  await installation.query('DELETE FROM positions')
})
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

it('an empty account has no figures, one trade has its own', async () => {
  const user = { id: userId, timeZone: 'UTC' }
  expect(await readStatistics(user, {})).toMatchObject({
    broker: 'practice',
    quotes: ['USDT'],
    all: null,
    days: [],
    groups: { strategy: EMPTY, webhook: EMPTY, symbol: EMPTY, broker: EMPTY, source: EMPTY },
    open: { trips: 0, gain: '0', dust: '0' },
  })
  const [broker = ''] = brokers
  const opened = { symbol: 'BTC/USDT', source: 'MANUAL', openedAt: '2026-03-01T10:00:00Z', cost: '50' } as const
  await write(broker, [{ ...opened, closedAt: null, gain: '1' }])
  // One that is open is not counted, but said to be there.
  expect(await readStatistics(user, {})).toMatchObject({ all: null, open: { trips: 1, gain: '1', dust: '0' } })
  // Nor is what is too small to be sold.
  await installation.query(`UPDATE positions SET dust_quantity = 0.5, dust_cost = 0.25 WHERE broker_id = $1`, [broker])
  expect((await readStatistics(user, {})).open).toEqual({ trips: 1, gain: '1', dust: '0.25' })
  await write(broker, [{ ...opened, symbol: 'ETH/USDT', closedAt: '2026-03-02T10:00:00Z', gain: '-2.5' }])
  const one = await readStatistics(user, {})
  const figures = { trips: 1, wins: 0, gain: '-2.5', won: '0', lost: '-2.5', cost: '50', best: '-2.5', worst: '-2.5' }
  expect(one.all).toMatchObject(figures)
  expect(one.days).toEqual([
    { day: '2026-03-02', trips: 1, gain: '-2.5', total: '-2.5', drawdown: '-2.5', highest: '0' },
  ])
  expect(one.groups.symbol).toEqual({ count: 1, rows: [{ name: 'ETH/USDT', ...figures }] })
  // Somebody else sees nothing of it, also when asking for that broker.
  expect((await readStatistics({ id: other, timeZone: 'UTC' }, { broker })).all).toBeNull()
})

it('adds up by what the trades came from, by the days of the user’s zone, one quote asset at a time', async () => {
  const [first = '', second = ''] = brokers
  await ensureStrategy(userId, { name: 'Croisement', description: '', timeframe: '1m', code: '' })
  const strategy = await prisma().strategy.findFirstOrThrow({ where: { userId } })
  const [webhook] = await installation.query<{ id: string }>(
    `INSERT INTO webhooks (user_id, status, source, raw_body, received_at) VALUES ($1, 'EXECUTED', 'RSI Pro', '', now()) RETURNING id::text`,
    [userId],
  )
  const at = (time: string) => ({ openedAt: '2026-02-01T00:00:00Z', closedAt: time })
  await write(first, [
    {
      symbol: 'BTC/USDT',
      source: 'STRATEGY',
      strategyId: strategy.id,
      cost: '100',
      gain: '10',
      ...at('2026-03-01T12:00:00Z'),
    },
    // 23:30 in UTC is half past midnight of the next day in Paris.
    {
      symbol: 'SOL/USDT',
      source: 'WEBHOOK',
      webhookId: webhook?.id ?? '',
      cost: '100',
      gain: '-15.000000000000000001',
      ...at('2026-03-01T23:30:00Z'),
    },
    { symbol: 'SOL/BTC', source: 'MANUAL', cost: '1', gain: '0.5', ...at('2026-03-02T12:00:00Z') },
  ])
  await write(second, [
    { symbol: 'BTC/USDT', source: 'MANUAL', cost: '300', gain: '4', ...at('2026-03-02T18:00:00Z') },
    { symbol: 'ETH/USDT', source: 'EXTERNAL', cost: '500', gain: '40', ...at('2026-04-10T18:00:00Z') },
  ])
  const user = { id: userId, timeZone: 'Europe/Paris' }
  const view = await readStatistics(user, {})
  expect([view.quote, view.quotes]).toEqual(['USDT', ['USDT', 'BTC']])
  expect(view.all).toMatchObject({ trips: 4, wins: 3, gain: '38.999999999999999999', cost: '1000', best: '40' })
  expect(view.days).toEqual([
    { day: '2026-03-01', trips: 1, gain: '10', total: '10', drawdown: '0', highest: '10' },
    {
      day: '2026-03-02',
      trips: 2,
      gain: '-11.000000000000000001',
      total: '-1.000000000000000001',
      drawdown: '-15.000000000000000001',
      highest: '10',
    },
    {
      day: '2026-04-10',
      trips: 1,
      gain: '40',
      total: '38.999999999999999999',
      drawdown: '0',
      highest: '38.999999999999999999',
    },
  ])
  const gains = Object.fromEntries(
    Object.entries(view.groups).map(([grouping, { rows }]) => [grouping, rows.map(({ name, gain }) => [name, gain])]),
  )
  expect(gains).toEqual({
    strategy: [['Croisement', '10']],
    webhook: [['RSI Pro', '-15.000000000000000001']],
    symbol: [
      ['ETH/USDT', '40'],
      ['BTC/USDT', '14'],
      ['SOL/USDT', '-15.000000000000000001'],
    ],
    broker: [
      ['Deux', '44'],
      ['=Un', '-5.000000000000000001'],
    ],
    source: [
      ['EXTERNAL', '40'],
      ['STRATEGY', '10'],
      ['MANUAL', '4'],
      ['WEBHOOK', '-15.000000000000000001'],
    ],
  })
  const march = { from: '2026-03-02', to: '2026-03-02' }
  expect((await readStatistics(user, march)).all).toMatchObject({
    trips: 2,
    gain: '-11.000000000000000001',
  })
  expect((await readStatistics(user, { ...march, broker: second })).all).toMatchObject({
    trips: 1,
    gain: '4',
  })
  expect((await readStatistics(user, { quote: 'BTC' })).all).toMatchObject({ trips: 1, gain: '0.5' })

  const filter = { brokerIds: [first], timeZone: user.timeZone, ...march }
  const words = { locale: 'fr' as const, word: (_: string, value: string) => value }
  expect((await textOf(tripLines(filter, { ...words, headings: [...TRIP_COLUMNS] }))).split('\r\n').slice(1)).toEqual([
    `2026-02-01 01:00:00;2026-03-02 00:30:00;"'=Un";binance;SOL/USDT;1;1;100;84,999999999999999999;-15,000000000000000001;USDT;WEBHOOK;;RSI Pro`,
    '2026-02-01 01:00:00;2026-03-02 13:00:00;"\'=Un";binance;SOL/BTC;1;1;1;1,5;0,5;BTC;MANUAL;;',
    '',
  ])
  const fills = await textOf(
    fillLines({ ...filter, from: undefined, to: undefined }, { ...words, headings: [...FILL_COLUMNS] }),
  )
  expect(fills.startsWith('\ufefftime;broker;')).toBe(true)
  expect(fills.split('\r\n')[1]).toMatch(
    /^2026-02-01 01:00:00;"'=Un";binance;BTC\/USDT;BUY;100;1;100;USDT;0,1;BNB;60,5;STRATEGY;/,
  )
  expect(fills.split('\r\n')).toHaveLength(5)
})

it('exports more than one page of rows, each once, in the order of time', async () => {
  const [broker = ''] = brokers
  await write(broker, [
    {
      symbol: 'BTC/USDT',
      source: 'MANUAL',
      cost: '1',
      gain: '1',
      openedAt: '2026-01-01T00:00:00Z',
      closedAt: '2026-01-01T00:00:01Z',
    },
  ])
  // Three at each moment: a page ends between equals.
  await installation.query(
    `INSERT INTO round_trips (user_id, broker_id, position_id, symbol, number, opened_at, closed_at, bought, sold, cost, proceeds, realized_pnl)
     SELECT user_id, broker_id, position_id, symbol, n, opened_at, closed_at + (n / 3) * interval '1 minute', 1, 1, n, 1, 1
     FROM round_trips, generate_series(2, 12001) AS n`,
  )
  const filter = { brokerIds: [broker], timeZone: 'UTC' }
  const words = { locale: 'en' as const, word: (_: string, value: string) => value, headings: ['x'] }
  const lines = (await textOf(tripLines(filter, words))).split('\r\n').slice(1, -1)
  expect(lines.map((line) => Number(line.split(',')[7]))).toEqual(Array.from({ length: 12_001 }, (_, n) => n + 1))
  expect((await readStatistics({ id: userId, timeZone: 'UTC' }, {})).all?.trips).toBe(12_001)
})

it('counts play money and real money apart, and shows of a long grouping those that matter most', async () => {
  const [first = ''] = brokers
  const at = { openedAt: '2026-02-01T00:00:00Z', closedAt: '2026-02-02T00:00:00Z', cost: '10' }
  // 120 pairs: the larger the number, the larger the gain or the loss.
  await write(
    first,
    Array.from({ length: 120 }, (_, n) => ({
      symbol: `C${n}/USDT`,
      source: n === 0 ? 'STRATEGY' : n === 1 ? 'WEBHOOK' : 'MANUAL',
      gain: n % 2 === 0 ? String(n) : String(-n),
      ...at,
    })),
  )
  const real = await createBroker({
    userId,
    name: 'Réel',
    exchangeId: 'binance',
    environment: 'LIVE',
    tradingType: 'OFF',
    isDefault: false,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  try {
    await write(real, [{ symbol: 'C0/USDT', source: 'MANUAL', gain: '7', ...at }])
    const user = { id: userId, timeZone: 'UTC' }
    expect(await readStatistics(user, {})).toMatchObject({ broker: 'real', all: { trips: 1, gain: '7' } })
    const practice = await readStatistics(user, { broker: 'practice' })
    expect(practice.all).toMatchObject({ trips: 120, gain: '-60' })
    const { count, rows } = practice.groups.symbol
    expect([count, rows.length, rows[0]?.name, rows.at(-1)?.name]).toEqual([120, 50, 'C118/USDT', 'C119/USDT'])
    expect(rows.every(({ gain }) => Math.abs(Number(gain)) >= 70)).toBe(true)
    // Of a strategy that is gone and of an alert without a name.
    expect([practice.groups.strategy.rows[0]?.name, practice.groups.webhook.rows[0]?.name]).toEqual(['', ''])
  } finally {
    await installation.query('DELETE FROM brokers WHERE id = $1', [real])
  }
})

it('knows the balance that a period began with, from what the account holds today', async () => {
  await installation.start('simulator')
  await installation.start('gateway')
  const bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  const gateway = createGatewayCaller(bus, Date.now)
  try {
    const { brokerId } = await openPaperBroker(installation, other, 'binance')
    const trip = { source: 'MANUAL', openedAt: '2026-02-01T00:00:00Z', cost: '10' } as const
    await writeTrips((sql, values) => installation.query(sql, values), { userId: other, brokerId }, [
      { symbol: 'BTC/USDT', closedAt: '2026-03-02T00:00:00Z', gain: '40', ...trip },
      { symbol: 'ETH/USDT', closedAt: '2026-04-02T00:00:00Z', gain: '-10', ...trip },
      // Still open: 3 from a partial sale; what is left of it cost 6.
      { symbol: 'SOL/USDT', closedAt: null, gain: '3', ...trip },
    ])
    await installation.query(
      `UPDATE positions SET quantity = 1, cost = 6 WHERE broker_id = $1 AND symbol = 'SOL/USDT'`,
      [brokerId],
    )
    // The purchases cost no fee.
    await installation.query('UPDATE fills SET fee_in_quote = 0 WHERE broker_id = $1', [brokerId])
    const user = { id: other, timeZone: 'UTC' }
    // 10,000 in the account and 6 in the position, less 40 - 10 + 3.
    const none = { quote: 'USDT', movements: [] }
    expect(await readStartBalance(gateway, user, {})).toEqual({ ...none, start: '9973' })
    // In April only the loss and the partial sale were still to come.
    expect(await readStartBalance(gateway, user, { from: '2026-04-01' })).toEqual({ ...none, start: '10013' })
    // Nothing of that asset; and nobody who tells.
    expect(await readStartBalance(gateway, user, { quote: 'EUR' })).toEqual({ quote: 'EUR', start: '0', movements: [] })
    const silent = { call: () => Promise.reject(new Error('no answer')) }
    expect(await readStartBalance(silent, user, {})).toEqual({ ...none, start: null })

    // A reconciliation found that 500 came in March and 20 left at a time nobody knows, before it looked in May.
    await installation.query(
      `WITH looked AS (INSERT INTO balance_checks (broker_id, state, asked_at, read_at)
         VALUES ($1, 'DONE', '2026-05-01T00:00:00Z', '2026-05-01T00:00:00Z') RETURNING id)
       INSERT INTO balance_differences (check_id, broker_id, asset, kind, amount, occurred_at)
       SELECT id, $1::uuid, asset, kind, amount, at FROM looked, (VALUES ('USDT', 'DEPOSIT', 500, timestamptz '2026-03-10T23:30:00Z'),
         ('USDT', 'UNKNOWN', -20, NULL), ('BTC', 'DEPOSIT', 1, NULL)) AS found (asset, kind, amount, at)`,
      [brokerId],
    )
    const left = { day: '2026-05-01', amount: '-20' }
    expect(await readStartBalance(gateway, { ...user, timeZone: 'Europe/Paris' }, {})).toEqual({
      quote: 'USDT',
      start: '9493',
      movements: [{ day: '2026-03-11', amount: '500' }, left],
    })
    expect(await readStartBalance(gateway, user, { from: '2026-04-01' })).toMatchObject({
      start: '10033',
      movements: [left],
    })
    expect(await readStartBalance(gateway, user, { from: '2026-04-01', to: '2026-04-30' })).toMatchObject({
      start: '10033',
      movements: [],
    })
  } finally {
    await bus.close()
  }
})
