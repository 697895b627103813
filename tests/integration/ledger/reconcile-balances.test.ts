import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { askCheck } from '@/lib/db/balance-check-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { signUp } from '@/lib/auth/sign-up'
import type { AccountMode, ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { saveChannel } from '@/lib/use-cases/alert-channels'
import { placeOrder } from '@/lib/use-cases/place-order'
import { openBroker, type TestAccount } from '../../support/account'
import { openExchange } from '../../support/exchange'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openDesk, type TradingDesk } from '../../support/trading-desk'

// TRK-7 with real daemons: the exchange's own records against what the journal expects.

let installation: Installation
let desk: TradingDesk
let userId: string

interface CheckRow extends Record<string, unknown> {
  id: string
  state: string
  is_first: boolean
  records_error: string | null
  error_code: string | null
}

const checksOf = (brokerId: string) =>
  installation.query<CheckRow>(
    `SELECT id::text, state, is_first, is_daily, records_error, error_code FROM balance_checks WHERE broker_id = $1
     ORDER BY balance_checks.id`,
    [brokerId],
  )

async function ended(brokerId: string, id: string): Promise<CheckRow> {
  return until(
    async () => {
      const row = (await checksOf(brokerId)).find((check) => check.id === id)
      return row !== undefined && !['ASKED', 'RUNNING'].includes(row.state) && row
    },
    60_000,
    `reconciliation ${id} ended`,
  )
}

/** Asks for a reconciliation and waits for its end. */
const reconcileNow = async (brokerId: string) => ended(brokerId, await askCheck(brokerId, false, Date.now()))

/** What a reconciliation found: `USDT DEPOSIT 250`. */
async function foundBy(id: string): Promise<string[]> {
  const rows = await installation.query(
    'SELECT asset, kind, amount::text FROM balance_differences WHERE check_id = $1 ORDER BY asset, id',
    [id],
  )
  return rows.map((row) => `${row['asset'] ?? ''} ${row['kind'] ?? ''} ${toWire(d(row['amount'] ?? ''))}`)
}

const positionsOf = (brokerId: string) =>
  installation.query(
    'SELECT symbol, quantity, cost, realized_pnl FROM positions WHERE broker_id = $1 ORDER BY symbol',
    [brokerId],
  )

const transfer = (account: TestAccount, kind: string, asset: string, amount: string, more: object = {}) =>
  installation.control('POST', 'transfers', { apiKey: account.apiKey, kind, asset, amount, ...more })

const open = (exchangeId: ExchangeId, name: string, more: { bnbBurn?: boolean; accountMode?: AccountMode } = {}) =>
  openBroker(
    installation,
    userId,
    exchangeId,
    'OFF',
    { balances: { USDT: '10000', BTC: '1', BNB: '2' }, ...more },
    name,
  )

/** Buys at market through the journal. */
async function buy(account: TestAccount, quantity: string): Promise<string> {
  const { brokerId } = account
  const positionId = await inTransaction((tx) => ensurePosition(tx, { userId, brokerId, symbol: 'BTC/USDT' }))
  const clientOrderId = newClientOrderId()
  const what = { symbol: 'BTC/USDT', side: 'BUY', type: 'MARKET', quantity: d(quantity) } as const
  const why = { source: 'MANUAL', purpose: 'OTHER', positionId, sendBefore: Date.now() + 20_000 } as const
  await placeOrder({ bus: desk.bus, now: Date.now() }, { clientOrderId, userId, brokerId, ...what, ...why })
  return clientOrderId
}

const isFilled = async (clientOrderId: string) => {
  const [row] = await installation.query('SELECT status FROM trades WHERE client_order_id = $1', [clientOrderId])
  return row?.['status'] === 'FILLED'
}

beforeAll(async () => {
  installation = await openInstallation('reconcile')
  desk = openDesk(installation)
  for (const daemon of ['simulator', 'gateway', 'tracker'] as const) await installation.start(daemon)
  const user = await signUp({ name: 'reconciled', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  userId = user.userId
  const webhookUrl = `https://discord.com/api/webhooks/123456789012345678/${'x'.repeat(60)}`
  await saveChannel(userId, { service: 'DISCORD', name: 'Salon', kinds: ['BALANCE'], isActive: true, webhookUrl })
})
beforeEach(async () => {
  await installation.control('PUT', 'price', { symbol: 'BTCUSDT', price: '50000', hold: true })
  await installation.control('PUT', 'price', { symbol: 'BNBUSDT', price: '600', hold: true })
})
afterAll(async () => {
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe.concurrent.each([
  { exchangeId: 'binance', mode: 'CLASSIC', name: 'Binance' },
  { exchangeId: 'bitget', mode: 'CLASSIC', name: 'Bitget' },
  { exchangeId: 'kucoin', mode: 'UNIFIED', name: 'KuCoin' },
] as const)('$name', ({ exchangeId, mode, name }) => {
  it('tells deposits, withdrawals, foreign orders and what nobody explains apart', async () => {
    const account = await open(exchangeId, name, { accountMode: mode })
    const { brokerId } = account
    // The first look takes what is there, also where a deposit was made before.
    const first = await reconcileNow(brokerId)
    expect(first).toMatchObject({ state: 'DONE', is_first: true, records_error: null })
    expect(await foundBy(first.id)).toEqual([])

    // Trades and an order that only locks funds make no difference; nor does one placed elsewhere.
    const bought = await buy(account, '0.01')
    await until(() => isFilled(bought), 30_000, 'the purchase filled')
    const site = exchangeId === 'binance' ? await openExchange(installation, account) : null
    await site?.place({ symbol: 'ETH/USDT', side: 'BUY', type: 'MARKET', quoteQuantity: d('300') })
    await site?.place({
      symbol: 'BTC/USDT',
      side: 'BUY',
      type: 'LIMIT',
      quantity: d('0.02'),
      limitPrice: d('40000'),
      timeInForce: 'GTC',
    })
    const quiet = await reconcileNow(brokerId)
    expect(quiet.state).toBe('DONE')
    expect(await foundBy(quiet.id)).toEqual([])
    await site?.close()

    const before = await positionsOf(brokerId)
    await transfer(account, 'DEPOSIT', 'USDT', '250.5')
    await transfer(account, 'DEPOSIT', 'BTC', '0.3')
    await transfer(account, 'WITHDRAWAL', 'BTC', '0.1', { fee: '0.0005' })
    await transfer(account, 'TRANSFER_OUT', 'USDT', '40')
    await transfer(account, 'DEPOSIT', 'BNB', '0.7', { isRecorded: false })
    const third = await reconcileNow(brokerId)
    expect(third).toMatchObject({ state: 'DONE', is_first: false })
    const found = await foundBy(third.id)
    const sums = new Map<string, string>()
    for (const line of found) {
      const [asset = '', kind = '', amount = '0'] = line.split(' ')
      const key = `${asset} ${kind === 'FEE' ? 'WITHDRAWAL' : kind}`
      sums.set(key, toWire(d(sums.get(key) ?? '0').plus(amount)))
    }
    expect(Object.fromEntries(sums)).toEqual({
      'BNB UNKNOWN': '0.7',
      'BTC DEPOSIT': '0.3',
      'BTC WITHDRAWAL': '-0.1005',
      'USDT DEPOSIT': '250.5',
      'USDT TRANSFER': '-40',
    })
    // Deposits of a traded asset are no purchase.
    expect(await positionsOf(brokerId)).toEqual(before)
    const notices = await installation.query(
      "SELECT detail->>'differences' AS text FROM alerts WHERE code = 'BALANCE_DIFFERENCE' AND detail->>'brokerId' = $1",
      [brokerId],
    )
    expect(notices.map((notice) => notice['text'])).toEqual(['BNB 0.7'])
    const told = await installation.query(
      "SELECT detail->>'differences' AS text FROM alert_outbox WHERE kind = 'BALANCE' AND detail->>'brokerId' = $1",
      [brokerId],
    )
    expect(told).toEqual([{ text: 'BNB 0.7' }])

    // What was told once is not told again.
    expect(await foundBy((await reconcileNow(brokerId)).id)).toEqual([])
  }, 120_000)
})

describe.concurrent('orders while the balances are read', () => {
  it('make no difference, and do not hide one', async () => {
    const account = await open('binance', 'Busy', { bnbBurn: true })
    const { brokerId } = account
    const market = { isOpen: true }
    const trading = (async () => {
      while (market.isOpen) {
        await buy(account, '0.0002')
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    })()
    try {
      const first = await reconcileNow(brokerId)
      expect(first).toMatchObject({ state: 'DONE', is_first: true })
      for (let round = 0; round < 2; round += 1) {
        const check = await reconcileNow(brokerId)
        expect([check.state, await foundBy(check.id)]).toEqual(['DONE', []])
      }
      await transfer(account, 'DEPOSIT', 'USDT', '12')
      await transfer(account, 'DEPOSIT', 'BTC', '0.005', { isRecorded: false })
      const last = await reconcileNow(brokerId)
      expect([last.state, await foundBy(last.id)]).toEqual(['DONE', ['BTC UNKNOWN 0.005', 'USDT DEPOSIT 12']])
    } finally {
      market.isOpen = false
      await trading
    }
    const fees = await installation.query('SELECT DISTINCT fee_asset FROM fills WHERE broker_id = $1', [brokerId])
    expect(fees).toEqual([{ fee_asset: 'BNB' }])
    const end = await reconcileNow(brokerId)
    expect(await foundBy(end.id)).toEqual([])
  }, 120_000)
})

describe('the daily one', () => {
  it('runs once a day, also over a restart in the middle of it', async () => {
    const account = await open('kucoin', 'Daily', { accountMode: 'CLASSIC' })
    const { brokerId } = account
    await desk.tick()
    // New: at once.
    const [first] = await until(async () => {
      const rows = await checksOf(brokerId)
      return rows[0]?.state === 'DONE' && rows
    }, 30_000)
    expect(first).toMatchObject({ is_first: true, is_daily: true })
    await desk.tick()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await checksOf(brokerId)).toHaveLength(1)

    await installation.query(
      `UPDATE balance_checks SET read_at = read_at - interval '1 day', finished_at = finished_at - interval '1 day'
       WHERE broker_id = $1`,
      [brokerId],
    )
    await transfer(account, 'DEPOSIT', 'USDT', '5', { isRecorded: false })
    await desk.tick()
    await until(async () => (await checksOf(brokerId)).some((check) => check.state === 'RUNNING'), 30_000)
    await installation.kill('tracker')
    expect((await checksOf(brokerId)).map((check) => check.state)).toEqual(['DONE', 'RUNNING'])
    await installation.start('tracker')
    const second = await ended(brokerId, (await checksOf(brokerId))[1]?.id ?? '')
    expect([second.state, await foundBy(second.id)]).toEqual(['DONE', ['USDT UNKNOWN 5']])
    await desk.tick()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await checksOf(brokerId)).toHaveLength(2)
  }, 120_000)
})

describe('when the exchange does not answer', () => {
  it('the reconciliation fails and says why; without records what differs is unknown, and that is said', async () => {
    const account = await open('binance', 'Away')
    const { brokerId } = account
    await reconcileNow(brokerId)
    await installation.control('PUT', 'faults', {
      path: 'GET /api/v3/account',
      httpStatus: { status: 503, count: 100 },
    })
    expect(await reconcileNow(brokerId)).toMatchObject({ state: 'FAILED', error_code: 'EXCHANGE_UNAVAILABLE' })
    await transfer(account, 'DEPOSIT', 'USDT', '9')
    await installation.control('PUT', 'faults', {
      path: 'GET /sapi/v1/capital',
      httpStatus: { status: 503, count: 100 },
    })
    const blind = await reconcileNow(brokerId)
    expect([blind.state, await foundBy(blind.id)]).toEqual(['DONE', ['USDT UNKNOWN 9']])
    expect(blind.records_error).toContain('EXCHANGE_UNAVAILABLE')
    await installation.control('PUT', 'faults', {})
  }, 120_000)
})
