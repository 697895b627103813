import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBackend } from '@/lib/bus/backend'
import { JOBS, QUEUE_NAMES } from '@/lib/bus/messages'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { signalIdOf } from '@/lib/domain/signal/candle-closed'
import { systemClock } from '@/lib/platform/clock'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { openAccount, type TestAccount } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { openJournal } from '../../support/journal'
import { expectSameAsExchange } from '../../support/reconciliation'
import { openDesk, strategyOf, type TradingDesk } from '../../support/trading-desk'
import { allSettled, openSender, type WebhookSender } from '../../support/webhook-sender'

const DAEMONS = ['simulator', 'gateway', 'engine', 'tracker', 'receiver'] as const
let installation: Installation
let desk: TradingDesk
let account: TestAccount
let sender: WebhookSender
let receiver: string
let gateway: ReturnType<typeof createGatewayCaller>

const faults = (settings: Record<string, unknown>) => installation.control('PUT', 'faults', settings)
const expectAllRunning = () => {
  expect(DAEMONS.filter((daemon) => !installation.isRunning(daemon))).toEqual([])
}

beforeAll(async () => {
  installation = await openInstallation('bad_input')
  desk = openDesk(installation)
  gateway = createGatewayCaller(desk.bus, systemClock)
  for (const daemon of DAEMONS) await installation.start(daemon)
  account = await openAccount(installation, 'bad-input', 'WEBHOOK')
  sender = await openSender(installation, account)
  receiver = `http://127.0.0.1:${installation.env['RECEIVER_PORT'] ?? ''}/webhooks/`
})
beforeEach(() => faults({}))
afterAll(async () => {
  await gateway.close()
  await desk.close()
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe('what comes in from outside', () => {
  it.each([
    ['no JSON at all', 'hello', 'cannot be read'],
    ['cut off', '{"Action":"BuyMarket","Symbol":"BTC', 'cannot be read'],
    ['a share of 150 %', '{"Action":"BuyMarket","Symbol":"BTCUSDT","PourCent":150}', 'PourCent'],
    ['zero bytes inside', '{"Action":"Buy\u0000Market","PourCent":"x"}', 'PourCent'],
  ])('%s: stored with the reason, 400, no order', async (_, body, reason) => {
    expect(await sender.post(body)).toBe(400)
    const [row] = await installation.query('SELECT status, reason FROM webhooks ORDER BY id DESC LIMIT 1')
    expect(row?.['status']).toBe('UNREADABLE')
    expect(row?.['reason']).toContain(reason)
  })

  it('an unknown action is accepted, shown as an error, and does nothing', async () => {
    expect(await sender.post({ Action: 'Explode', Symbol: 'BTCUSDT', IndicateurName: 'x' })).toBe(200)
    const rows = await allSettled(installation)
    expect(rows.at(-1)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('Explode') as string })
  })

  it.each([
    ['a token of nobody', 'POST', 'x'.repeat(43), '{"Action":"PING"}', 401],
    ['a body of a megabyte', 'POST', 'x'.repeat(43), 'x'.repeat(1_000_000), 413],
    ['another method', 'GET', 'x'.repeat(43), undefined, 405],
    ['another path', 'POST', '', '{}', 404],
  ])('%s is refused', async (_, method, token, body, status) => {
    const before = await installation.query('SELECT 1 FROM webhooks')
    // A body that is cut off half-way may end the connection before the answer is read.
    const answer = await fetch(receiver + token, { method, ...(body === undefined ? {} : { body }) }).catch(() => null)
    if (answer !== null) expect(answer.status).toBe(status)
    else expect(status).toBe(413)
    expect(await installation.query('SELECT 1 FROM webhooks')).toHaveLength(before.length)
  })
})

describe('malformed queue messages', () => {
  it('are put aside with the reason, and every daemon goes on', async () => {
    const backend = createBackend({ databaseUrl: installation.databaseUrl })
    const consumed = QUEUE_NAMES.filter((queue) => queue !== 'backtest')
    for (const queue of consumed) {
      const producer = backend.producer(queue)
      const job = Object.entries(JOBS).find(([, declared]) => (declared.queues as readonly string[]).includes(queue))
      await producer.add(job?.[0] ?? '', { nonsense: true }, {})
      await producer.add('no.such.job', null, {})
      await producer.close()
    }
    await backend.close()
    const rejected = await until(async () => {
      const rows = await installation.query('SELECT queue, name, reason FROM rejected_messages')
      return rows.length >= 2 * consumed.length && rows
    })
    expect(rejected).toHaveLength(2 * consumed.length)
    expect(rejected.filter((row) => row['reason'] === '')).toEqual([])
    expectAllRunning()
    expect(await sender.order('BuyMarket', 1)).toBe(200)
    expect((await allSettled(installation)).at(-1)?.status).toBe('EXECUTED')
  })
})

describe('an exchange that fails', () => {
  const kinds: [string, Record<string, unknown>][] = [
    ['500', { httpStatus: { status: 500, count: 2 } }],
    ['429', { rateLimit: { status: 429, retryAfterSeconds: 1, count: 1 } }],
    ['garbage', { garbage: 2 }],
    ['nothing', { dropAnswerAfterExecution: 2 }],
  ]

  it.each(kinds)(
    'answering %s to the balance: the alert is executed all the same, once',
    async (_, fault) => {
      await faults({ path: 'GET /api/v3/account', ...fault })
      expect(await sender.order('BuyMarket', 1)).toBe(200)
      const rows = await allSettled(installation)
      expect(rows.at(-1)).toMatchObject({ status: 'EXECUTED', source: sender.accepted.at(-1) })
      const orders = await installation.query('SELECT 1 FROM trades WHERE webhook_id = $1', [rows.at(-1)?.id])
      expect(orders).toHaveLength(1)
      expectAllRunning()
    },
    60_000,
  )

  it.each(kinds)(
    'answering %s to the open orders: told, and over when it is over',
    async (_, fault) => {
      const lastError = async () =>
        (
          await installation.query<{ last_error: string | null }>('SELECT last_error FROM brokers WHERE id = $1', [
            account.brokerId,
          ])
        )[0]?.last_error
      await faults({ path: 'GET /api/v3/openOrders', ...fault })
      await desk.tick()
      await until(async () => typeof (await lastError()) === 'string', 20_000, 'the error told')
      await faults({})
      await until(
        async () => {
          // Not at every look: each makes the tracker spend of what the exchange allows in a minute.
          await desk.tick()
          await sleep(300)
          return (await lastError()) === null
        },
        30_000,
        'the error gone',
      )
      expectAllRunning()
    },
    60_000,
  )

  it.each(kinds)(
    'answering %s to the candles: the strategy decides all the same',
    async (name, fault) => {
      await installation.query("UPDATE brokers SET trading_type = 'STRATEGY'")
      // A real boundary that is not too old to trade on.
      const { timeframe, closeTime } = await until(
        async () => {
          const fresh = (['1m', '3m', '5m'] as const).map((each) => ({
            timeframe: each,
            closeTime: Date.now() - (Date.now() % TIMEFRAME_MS[each]),
          }))
          return Promise.resolve(fresh.find((each) => Date.now() - each.closeTime < TIMEFRAME_MS[each.timeframe] / 4))
        },
        60_000,
        'a fresh boundary',
      )
      const symbol = { '500': 'ETH/USDT', '429': 'SOL/USDT', garbage: 'XRP/USDT', nothing: 'ADA/USDT' }[name] ?? ''
      // Held, so that neither stop nor target is reached while the books are compared.
      const { lastPrice } = await gateway.call(account.brokerId, 'get_ticker', { symbol })
      const price = lastPrice.toFixed()
      await installation.control('PUT', 'price', { symbol: symbol.replace('/', ''), price, hold: true })
      const runId = await desk.run(account, strategyOf(`candles ${name}`, { long: true }), { symbol, timeframe })
      await faults({ path: 'GET /api/v3/klines', ...fault })
      await desk.publish({ signalId: signalIdOf(timeframe, closeTime), symbol, timeframe, closeTime, isLate: false })
      const [decision] = await openJournal(installation).decided(runId)
      expect(decision, decision?.reason).toMatchObject({ outcome: 'DONE', kind: 'ENTER' })
      await installation.query('UPDATE active_strategies SET is_active = false WHERE id = $1', [runId])
      expectAllRunning()
    },
    120_000,
  )

  it('and nothing of all that is missing or double', async () => {
    // Nothing is on its way, and what strategies hold has its stop and target: no order is written any more.
    const unsettled = () =>
      installation.query(
        `SELECT client_order_id FROM trades WHERE status IN ('INITIALIZED', 'SUBMITTED', 'PENDING_CANCEL')
         UNION ALL SELECT p.id::text FROM positions p WHERE p.run_id IS NOT NULL AND p.quantity > 0
           AND (SELECT count(*) FROM trades t WHERE t.position_id = p.id AND t.status = 'ACCEPTED') < 2`,
      )
    await until(async () => (await unsettled()).length === 0, 40_000, 'all settled', unsettled)
    await expectSameAsExchange(installation, account, { USDT: '10000' })
  }, 60_000)
})
