import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { createBus } from '@/lib/bus/bus'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { signUp } from '@/lib/auth/sign-up'
import type { ExchangeId } from '@/lib/domain/account/broker'
import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import { createLogger } from '@/lib/platform/logger'
import { cancelOrder } from '@/lib/use-cases/cancel-order'
import { openBroker, readLedger, type TestAccount } from './account'
import { type Installation, openInstallation, until } from './installation'
import type { InstallationName } from './ports'

export type ExitDesk = Awaited<ReturnType<typeof openExitDesk>>

interface WebhookRow extends Record<string, string | null> {
  status: string
  reason: string | null
}
type Row = Record<string, string | null>
const ENDED = new Set(['CANCELED', 'FILLED', 'EXPIRED', 'REJECTED', 'DENIED'])

/** A user with an account for webhooks at each exchange, at a price that holds still, and what protects its positions. */
export async function openExitDesk(name: InstallationName) {
  const installation: Installation = await openInstallation(name)
  const moveTo = (price: string) => installation.control('PUT', 'price', { symbol: 'BTCUSDT', price, hold: true })
  await installation.start('simulator')
  await moveTo('60000')
  for (const daemon of ['gateway', 'engine', 'receiver'] as const) await installation.start(daemon)
  const user = await signUp({ name: 'exit-user', password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  const port = installation.env['RECEIVER_PORT'] ?? ''
  const url = `http://127.0.0.1:${port}/webhooks/${await issueWebhookToken(user.userId)}`
  await until(
    async () => (await fetch(url, { method: 'POST', body: '{"Action":"PING"}' })).status === 200,
    15_000,
    'the receiver knows the token',
  )
  const accounts = new Map<ExchangeId, TestAccount>()
  for (const exchange of ['binance', 'bitget', 'kucoin'] as const)
    accounts.set(exchange, await openBroker(installation, user.userId, exchange, 'WEBHOOK'))

  const log = createLogger('test', 'silent')
  const onRejected = () => Promise.resolve()
  const bus = createBus({ databaseUrl: installation.databaseUrl, name: 'test', log, onRejected })

  const accountOf = (exchange: ExchangeId): TestAccount => {
    const account = accounts.get(exchange)
    if (account === undefined) throw new Error(`no account at ${exchange}`)
    return account
  }

  /** Sends an alert for an account; resolves to its number. */
  async function send(exchange: ExchangeId, fields: Record<string, unknown>): Promise<string> {
    const [broker] = await installation.query<{ n: string }>(
      'SELECT public_number::text AS n FROM brokers WHERE id = $1',
      [accountOf(exchange).brokerId],
    )
    const body = JSON.stringify({ Symbol: 'BTCUSDT', Interval: '5', UserExchangeID: broker?.n, ...fields })
    const answer = await fetch(url, { method: 'POST', body })
    expect(answer.status).toBe(200)
    const [row] = await installation.query<{ id: string }>('SELECT max(id)::text AS id FROM webhooks')
    return row?.id ?? ''
  }

  const done = (id: string, withinMs = 20_000): Promise<WebhookRow> =>
    until(
      async () => {
        const [row] = await installation.query<WebhookRow>('SELECT status::text, reason FROM webhooks WHERE id = $1', [
          id,
        ])
        return row !== undefined && !['RECEIVED', 'PROCESSING'].includes(row.status) ? row : null
      },
      withinMs,
      `webhook ${id}`,
    )

  const exitsOf = (exchange: ExchangeId) =>
    installation.query<Row>(
      `SELECT purpose::text, status::text, quantity::text, coalesce(limit_price, stop_price)::text AS price, stop_price::text, is_emulated::text AS kept
       FROM trades WHERE broker_id = $1 AND purpose IN ('STOP_LOSS', 'TAKE_PROFIT') ORDER BY created_at, purpose`,
      [accountOf(exchange).brokerId],
    )
  const live = async (exchange: ExchangeId) =>
    (await exitsOf(exchange)).filter(
      ({ status, kept }) => status === 'ACCEPTED' || (status === 'INITIALIZED' && kept === 'true'),
    )
  const position = async (exchange: ExchangeId) =>
    (
      await installation.query<Row>(
        'SELECT id::text, quantity::text, stop_loss::text, take_profit::text, wanted_exits FROM positions WHERE broker_id = $1',
        [accountOf(exchange).brokerId],
      )
    )[0]

  /** Stop and target stand as asked for. */
  const protectedAt = (exchange: ExchangeId, prices: string[]) =>
    until(
      async () => {
        const now = (await live(exchange)).map(({ purpose, price, stop_price }) =>
          Number(purpose === 'STOP_LOSS' ? stop_price : price),
        )
        return JSON.stringify(now.sort()) === JSON.stringify(prices.map(Number).sort())
      },
      15_000,
      `protected at ${prices.join(' and ')}`,
      () =>
        installation.query(
          `SELECT purpose, status, quantity, limit_price, stop_price, error_message, created_at, closed_at FROM trades WHERE broker_id = $1 ORDER BY created_at`,
          [accountOf(exchange).brokerId],
        ),
    )

  const held = async (exchange: ExchangeId) => parseDecimal((await position(exchange))?.['quantity'] ?? '0')
  /** Nothing is wanted any more of a position. */
  const settled = (exchange: ExchangeId) =>
    until(async () => (await position(exchange))?.['wanted_exits'] === null, 20_000, 'nothing more wanted')

  /** A purchase for 30 % of the funds, its stop at 58000 and its target at 62000. */
  async function buyAndProtect(exchange: ExchangeId): Promise<void> {
    // Alerts that follow each other within half a second are sized from one reading of the funds.
    await sleep(600)
    const isDone = { status: 'EXECUTED' }
    expect(await done(await send(exchange, { Action: 'BuyMarket', PourCent: 30 }))).toMatchObject(isDone)
    await until(async () => (await held(exchange)).gt(0), 10_000, 'bought')
    const maj = { Action: 'MAJ', PourCent: 100, PrixSL: 58000, PrixTP: 62000 }
    expect(await done(await send(exchange, maj))).toMatchObject(isDone)
    await protectedAt(exchange, ['58000', '62000'])
    await settled(exchange)
  }

  const gone = (exchange: ExchangeId) =>
    until(async () => (await exitsOf(exchange)).every(({ status }) => ENDED.has(status ?? '')), 15_000, 'no exits')

  /** Stop and target stand for so much, less what rounding takes. */
  const cover = (exchange: ExchangeId, quantity: Amount) =>
    until(
      async () => {
        const sizes = (await live(exchange)).map((order) => parseDecimal(order['quantity'] ?? '0'))
        return sizes.length === 2 && sizes.every((size) => size.lte(quantity) && size.gt(quantity.times('0.98')))
      },
      10_000,
      `a stop and a target of ${quantity.toFixed()}`,
      () => exitsOf(exchange),
    )

  async function sellAll(exchange: ExchangeId): Promise<void> {
    await sleep(600)
    const sale = await done(await send(exchange, { Action: 'SellMarket', PourCent: 100 }), 30_000)
    expect(sale).toMatchObject({ status: 'EXECUTED' })
    await until(async () => (await held(exchange)).isZero(), 15_000, 'all is sold')
    await settled(exchange)
    await gone(exchange)
  }

  /** A sale that rests at its price. */
  async function sellAt(exchange: ExchangeId, Prix: number, PourCent = 100): Promise<void> {
    const sale = await done(await send(exchange, { Action: 'SellLimit', PourCent, Prix }))
    expect(sale).toMatchObject({ status: 'EXECUTED' })
    await until(async () => (await statusesAt(exchange, Prix)).includes('ACCEPTED'), 10_000, 'the sale rests')
  }

  /** What became of the limit orders at a price. */
  const statusesAt = async (exchange: ExchangeId, price: number): Promise<string[]> =>
    (
      await installation.query<{ status: string }>(
        'SELECT status::text FROM trades WHERE broker_id = $1 AND limit_price = $2',
        [accountOf(exchange).brokerId, price],
      )
    ).map(({ status }) => status)

  /** Cancels the orders that wait for their price, other than stops and targets. */
  async function cancelResting(exchange: ExchangeId): Promise<void> {
    const resting = () =>
      installation.query<{ id: string }>(
        `SELECT client_order_id AS id FROM trades WHERE broker_id = $1 AND status = 'ACCEPTED'
           AND coalesce(purpose NOT IN ('STOP_LOSS', 'TAKE_PROFIT'), true)`,
        [accountOf(exchange).brokerId],
      )
    for (const { id } of await resting()) await cancelOrder(bus, id, Date.now())
    await until(async () => (await resting()).length === 0, 10_000, 'nothing rests')
  }

  async function close(): Promise<void> {
    await bus.close()
    await closePool()
    await disconnectPrisma()
    await installation.close()
  }

  return {
    installation,
    bus,
    moveTo,
    cancelResting,
    held,
    settled,
    gone,
    cover,
    buyAndProtect,
    sellAll,
    sellAt,
    statusesAt,
    accountOf,
    send,
    done,
    exitsOf,
    live,
    position,
    protectedAt,
    close,
    ledgerOf: (exchange: ExchangeId) => readLedger(installation, accountOf(exchange)),
  }
}
