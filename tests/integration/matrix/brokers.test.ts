import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bus, createBus } from '@/lib/bus/bus'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker, findBroker, readCredentials } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { closePool } from '@/lib/db/pool'
import { resealAll } from '@/lib/db/reseal'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import type { ExchangeId } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { createLogger } from '@/lib/platform/logger'
import { unseal } from '@/lib/platform/vault'
import { createGatewayCaller, type GatewayCaller } from '@/lib/use-cases/call-gateway'
import { listBrokers } from '@/lib/use-cases/list-brokers'
import { makeDefault, readExchangeReport, removeBroker, setTradingType } from '@/lib/use-cases/manage-broker'
import { saveBroker } from '@/lib/use-cases/save-broker'
import { confirmBroker, readTrialBalance, testKeys } from '@/lib/use-cases/verify-broker'
import type { BrokerInput, BrokerKeys } from '@/lib/view/broker'
import { type Installation, openInstallation, until } from '../../support/installation'
import { portsOf } from '../../support/ports'

// Brokers from their entry to their end, on the real gateway: keys are tried before they are believed, and nobody touches
// another user's.

let installation: Installation
let bus: Bus
let gateway: GatewayCaller
let userId: string
let strangerId: string

interface Opened {
  apiKey: string
  apiSecret: string
  apiPassphrase: string | null
}
/** An account at the paper exchange, entered as a real one: its address is the simulator's too. */
async function openKeys(exchange: ExchangeId, more: object = {}): Promise<BrokerKeys> {
  const { apiKey, apiSecret, apiPassphrase } = await installation.control<Opened>('POST', 'accounts', {
    exchange,
    balances: { USDT: '1234.5' },
    ...more,
  })
  return { apiKey, apiSecret, ...(apiPassphrase === null ? {} : { apiPassphrase }) }
}
const userNamed = async (name: string): Promise<string> => {
  const user = await signUp({ name, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  return user.userId
}
const marketOf = (symbol: string): Instrument => ({
  ...{ symbol, exchangeSymbol: symbol.replace('/', ''), baseAsset: symbol.split('/')[0] ?? '', quoteAsset: 'USDT' },
  ...{ tickSize: d('0.01'), stepSize: d('0.0001'), minQuantity: d('0.0001'), maxQuantity: d('9000') },
  ...{ marketStepSize: d('0.0001'), marketMaxQuantity: d('9000'), quoteStepSize: d('0.01'), minNotional: d('5') },
  ...{ isTrading: true, isOcoAllowed: true, orderTypes: ['MARKET'] },
})
const live = (exchangeId: ExchangeId, name: string, keys: BrokerKeys): BrokerInput => ({
  name,
  exchangeId,
  environment: 'LIVE',
  keys,
})
const saved = async (input: BrokerInput): Promise<string> => {
  const answer = await saveBroker(userId, input)
  if (!answer.isDone) throw new Error(answer.reason)
  return answer.id
}

beforeAll(async () => {
  const ports = portsOf('brokers')
  const addresses = ['BINANCE', 'BITGET', 'KUCOIN'].flatMap((name) => {
    const host = `127.0.0.1:${ports + 3}/${name.toLowerCase()}`
    return [
      [`${name}_REST_URL`, `http://${host}`],
      [`${name}_WS_URL`, `ws://${host}`],
      [`${name}_WS_API_URL`, `ws://${host}`],
    ]
  })
  installation = await openInstallation('brokers', Object.fromEntries(addresses) as Record<string, string>)
  await installation.start('simulator')
  await installation.start('gateway')
  bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  gateway = createGatewayCaller(bus, Date.now)
  userId = await userNamed('owner')
  strangerId = await userNamed('stranger')
})
afterAll(async () => {
  await bus.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe.each([
  ['binance', {}, null],
  ['bitget', { accountMode: 'CLASSIC' }, 'CLASSIC'],
  ['bitget', { accountMode: 'UNIFIED' }, 'UNIFIED'],
  ['kucoin', { accountMode: 'CLASSIC' }, 'CLASSIC'],
  ['kucoin', { accountMode: 'UNIFIED' }, 'UNIFIED'],
] as const)('an account of %s %o', (exchangeId, more, accountMode) => {
  it('is entered, tested, recognized, put to work, and its pairs are loaded', async () => {
    const name = `${exchangeId} ${accountMode ?? ''}`.trim()
    const input = live(exchangeId, name, await openKeys(exchangeId, { ...more, isIpRestricted: true }))
    const id = await saved(input)
    const asked = { ...input, id }
    expect((await findBroker(id))?.isActive).toBe(false)
    const tested = await testKeys(gateway, userId, asked, false)
    expect(tested).toEqual({
      isDone: true,
      report: { accountMode, canWithdraw: false, isIpRestricted: true },
    })
    const balance = await readTrialBalance(gateway, userId, asked)
    expect(balance.isDone && balance.balances.map(({ asset, total }) => [asset, Number(total)])).toEqual([
      ['USDT', 1234.5],
    ])
    expect(await confirmBroker(gateway, userId, asked, false, Date.now())).toEqual({ isDone: true, id })
    await until(async () => ((await findBroker(id))?.marketsLoadedAt ?? null) !== null, 20_000, 'pairs loaded')
    const view = (await listBrokers(userId)).find((broker) => broker.id === id)
    expect(view).toMatchObject({ name, isConfirmed: true, accountMode, environment: 'LIVE' })
    expect(view?.pairCount).toBeGreaterThan(10)
    expect(JSON.stringify(view)).not.toContain(input.keys?.apiSecret ?? 'no secret')
    const report = await readExchangeReport(gateway, userId, id)
    expect(report?.capabilities).toMatchObject({ exchangeId, accountMode })
    expect(report?.state.buckets.length).toBeGreaterThan(0)
  })
})

describe('keys', () => {
  it('that may withdraw are refused unless the user insists; those that are wrong always', async () => {
    const keys = await openKeys('binance', { canWithdraw: true })
    const input = live('binance', 'withdrawals', keys)
    const id = await saved(input)
    const asked = { ...input, id }
    expect(await testKeys(gateway, userId, asked, false)).toEqual({ isDone: false, reason: 'CAN_WITHDRAW' })
    expect(await confirmBroker(gateway, userId, asked, false, Date.now())).toMatchObject({ reason: 'CAN_WITHDRAW' })
    expect((await findBroker(id))?.isActive).toBe(false)
    expect((await testKeys(gateway, userId, asked, true)).isDone).toBe(true)
    const wrong = { ...asked, keys: { ...keys, apiSecret: 'wrong' } }
    expect(await testKeys(gateway, userId, wrong, true)).toMatchObject({
      isDone: false,
      reason: 'EXCHANGE',
      said: { code: 'AUTHENTICATION' },
    })
  })

  it('of a broker at work stay until the new ones are confirmed', async () => {
    const first = await openKeys('binance')
    const input = live('binance', 'two keys', first)
    const id = await saved(input)
    await confirmBroker(gateway, userId, { ...input, id }, false, Date.now())
    const second = await openKeys('binance')
    const changed = { ...input, id, name: 'two keys, renamed', keys: second }
    expect(await saveBroker(userId, changed)).toEqual({ isDone: true, id })
    expect((await readCredentials(id)).apiKey).toBe(first.apiKey)
    const wrong = { ...changed, keys: { ...second, apiSecret: 'wrong' } }
    expect((await confirmBroker(gateway, userId, wrong, false, Date.now())).isDone).toBe(false)
    expect((await readCredentials(id)).apiKey).toBe(first.apiKey)
    expect((await confirmBroker(gateway, userId, changed, false, Date.now())).isDone).toBe(true)
    expect((await readCredentials(id)).apiKey).toBe(second.apiKey)
  })

  it('are sealed anew with a new secret key, all or none', async () => {
    const id = await createBroker({
      userId,
      name: 'sealed',
      exchangeId: 'binance',
      environment: 'PAPER',
      tradingType: 'OFF',
      isDefault: false,
      credentials: { apiKey: 'key', apiSecret: 'secret' },
    })
    await issueWebhookToken(userId)
    const old = installation.env['SECRET_KEY'] ?? ''
    const keys = { SECRET_KEY: 'another secret key, for tests only, long enough', SECRET_KEY_PREVIOUS: old }
    const textOf = async () =>
      (await installation.query('SELECT credentials_sealed AS text FROM brokers WHERE id = $1', [id]))[0]?.['text'] ??
      ''
    const before = await textOf()
    await expect(resealAll({ SECRET_KEY: keys.SECRET_KEY })).rejects.toThrow()
    expect(await textOf()).toBe(before)
    expect(await resealAll(keys)).toBeGreaterThan(2)
    expect(unseal(await textOf(), keys.SECRET_KEY, id)).toContain('"secret"')
    expect(() => unseal(before, keys.SECRET_KEY, id)).toThrow()
    await resealAll({ SECRET_KEY: old, SECRET_KEY_PREVIOUS: keys.SECRET_KEY })
    expect((await readCredentials(id)).apiSecret).toBe('secret')
  })
})

describe('what is refused', () => {
  it('nonsense, missing keys, a taken name, a test network that does not exist', async () => {
    const keys = await openKeys('kucoin')
    expect(await saveBroker(userId, { ...live('kucoin', '', keys) })).toMatchObject({ reason: 'INPUT' })
    expect(await saveBroker(userId, { ...live('kucoin', 'k', keys), exchangeId: 'kraken' })).toMatchObject({
      reason: 'INPUT',
    })
    const { apiPassphrase: _, ...incomplete } = keys
    expect(await saveBroker(userId, live('kucoin', 'k', incomplete))).toMatchObject({ reason: 'KEYS_MISSING' })
    expect(await saveBroker(userId, { ...live('kucoin', 'k', keys), environment: 'TESTNET' })).toMatchObject({
      reason: 'NO_TESTNET',
    })
    await saved(live('kucoin', 'once', keys))
    expect(await saveBroker(userId, live('kucoin', 'once', keys))).toMatchObject({ reason: 'NAME_TAKEN' })
  })

  it("another user's broker", async () => {
    const keys = await openKeys('binance')
    const input = live('binance', 'mine', keys)
    const id = await saved(input)
    const asked = { ...input, id }
    const unknown = { isDone: false, reason: 'BROKER_UNKNOWN' }
    expect(await saveBroker(strangerId, asked)).toEqual(unknown)
    expect(await testKeys(gateway, strangerId, asked, true)).toEqual(unknown)
    expect(await readTrialBalance(gateway, strangerId, asked)).toEqual(unknown)
    expect(await confirmBroker(gateway, strangerId, asked, true, Date.now())).toEqual(unknown)
    expect(await setTradingType(strangerId, id, 'WEBHOOK')).toEqual(unknown)
    expect(await makeDefault(strangerId, id)).toEqual(unknown)
    expect(await removeBroker(strangerId, id)).toEqual(unknown)
    expect(await readExchangeReport(gateway, strangerId, id)).toBeNull()
    expect(await listBrokers(strangerId)).toEqual([])
  })

  it('deleting a broker with a live order; without one it goes with all that is its own', async () => {
    const input = live('binance', 'to be deleted', await openKeys('binance'))
    const id = await saved(input)
    await installation.query(
      `INSERT INTO trades (client_order_id, user_id, broker_id, source, symbol, side, type, quote_quantity, status, request, send_before, created_at)
       VALUES ('DELETE-TEST', $1, $2, 'MANUAL', 'BTC/USDT', 'BUY', 'MARKET', 10, 'INITIALIZED', '{}', now() - interval '1 day', now() + interval '1 day')`,
      [userId, id],
    )
    expect(await removeBroker(userId, id)).toEqual({ isDone: false, reason: 'IN_USE' })
    await installation.query("UPDATE trades SET status = 'CANCELED' WHERE client_order_id = 'DELETE-TEST'")
    expect(await removeBroker(userId, id)).toEqual({ isDone: true, id })
    expect(await installation.query("SELECT 1 FROM trades WHERE client_order_id = 'DELETE-TEST'")).toEqual([])
  })
})

it('one broker is the default, whoever asks how often', async () => {
  const ids = (await listBrokers(userId)).map((broker) => broker.id)
  await Promise.all(ids.map((id) => makeDefault(userId, id)))
  expect((await listBrokers(userId)).filter((broker) => broker.isDefault)).toHaveLength(1)
})

it('pairs that are loaded several times at once are those of one of the loads', async () => {
  const id = await saved(live('binance', 'Loaded often', await openKeys('binance')))
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => marketOf(`C${index}/USDT`))
  const counts = await Promise.all([30, 20, 10].map((count) => replaceInstruments(id, pairs(count))))
  expect(counts).toEqual([30, 20, 10])
  const [row] = await installation.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM exchange_symbols WHERE broker_id = $1',
    [id],
  )
  expect(counts).toContain(row?.n)
})
