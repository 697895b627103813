import { afterAll, beforeAll, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { disconnectPrisma, prisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { insertWebhooks, type ReceivedWebhook } from '@/lib/db/webhook-arrival-repository'
import { readWebhookAlert, UnreadableAlert } from '@/lib/domain/signal/webhook-alert'
import { newClientOrderId } from '@/lib/platform/ids'
import { listTrades } from '@/lib/use-cases/list-trades'
import { listWebhooks, muteSource, readWebhookStats } from '@/lib/use-cases/list-webhooks'
import { readOrderStory, readWebhookStory } from '@/lib/use-cases/read-story'
import { readWebhookAddress, renewWebhookAddress } from '@/lib/use-cases/webhook-address'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'
import { historyQuery } from '@/lib/view/webhook'
import { type Installation, openInstallation } from '../../support/installation'

// What the page « Webhooks » and the stories read, of two users side by side. Rows only: no process runs.

const START = Date.parse('2026-11-20T10:00:00Z')
const at = (second: number): Date => new Date(START + second * 1000)
const STRANGER = 'de305d54-75b4-431b-adb2-eb6b9e546014'
let installation: Installation
const ids = { mine: '', other: '', broker: '', position: '' }

async function newUser(name: string): Promise<string> {
  const user = await signUp({ name, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  return user.userId
}

async function receive(userId: string, second: number, rawBody: string): Promise<string> {
  const read = (): ReceivedWebhook['reading'] => {
    try {
      return { alert: readWebhookAlert(rawBody) }
    } catch (error) {
      if (error instanceof UnreadableAlert) return { reason: error.message }
      throw error
    }
  }
  const [stored] = await insertWebhooks([
    { userId, rawBody, receivedAt: at(second).getTime(), reading: read(), spoolId: newClientOrderId() },
  ])
  return stored?.id ?? ''
}

interface Placed {
  second: number
  side: 'BUY' | 'SELL'
  purpose?: 'ENTRY' | 'EXIT' | 'STOP_LOSS' | 'TAKE_PROFIT'
  status?: 'FILLED' | 'ACCEPTED'
  /** When it was executed, if it was. */
  filledAt?: number
  webhookId?: bigint
  realizedPnl?: string
}

let tradeNumber = 0
/** An order of the account's own position, 0.1 BTC, as gateway and tracker would leave it. */
async function place(placed: Placed): Promise<string> {
  const { second, side, purpose = side === 'BUY' ? 'ENTRY' : 'EXIT', status = 'FILLED', filledAt } = placed
  const clientOrderId = newClientOrderId()
  const isProtective = purpose === 'STOP_LOSS' || purpose === 'TAKE_PROFIT'
  await prisma().order.create({
    data: {
      clientOrderId,
      userId: ids.mine,
      brokerId: ids.broker,
      positionId: ids.position,
      source: 'WEBHOOK',
      symbol: 'BTC/USDT',
      side,
      purpose,
      status,
      type: isProtective ? 'STOP_MARKET' : 'MARKET',
      quantity: '0.1',
      ...(isProtective ? { stopPrice: '58000' } : {}),
      filledQuantity: filledAt === undefined ? '0' : '0.1',
      filledQuoteQuantity: filledAt === undefined ? '0' : '6000',
      request: {},
      exchangeAnswer: { orderId: 7 },
      sendBefore: at(second + 30),
      createdAt: at(second),
      submittedAt: at(second),
      realizedPnl: placed.realizedPnl ?? null,
      webhookId: placed.webhookId ?? null,
      events: {
        create: [
          { kind: 'INITIALIZE', toStatus: 'INITIALIZED', occurredAt: at(second) },
          { kind: 'SUBMIT', fromStatus: 'INITIALIZED', toStatus: 'SUBMITTED', occurredAt: at(second) },
        ],
      },
    },
  })
  if (filledAt !== undefined)
    await prisma().fill.create({
      data: {
        clientOrderId,
        brokerId: ids.broker,
        positionId: ids.position,
        symbol: 'BTC/USDT',
        exchangeTradeId: String(tradeNumber++),
        exchangeOrderId: '7',
        side,
        price: '60000',
        quantity: '0.1',
        quoteQuantity: '6000',
        fee: '6',
        feeAsset: 'USDT',
        feeInQuote: '6',
        liquidity: 'TAKER',
        tradeTime: at(filledAt),
        recordedAt: at(filledAt),
      },
    })
  return clientOrderId
}

const history = (userId: string, query: Record<string, string> = {}) => listWebhooks(userId, historyQuery.parse(query))

beforeAll(async () => {
  installation = await openInstallation('reads')
  ids.mine = await newUser('reader')
  ids.other = await newUser('other')
  ids.broker = await createBroker({
    userId: ids.mine,
    name: 'Paper',
    exchangeId: 'binance',
    environment: 'PAPER',
    tradingType: 'WEBHOOK',
    isDefault: true,
    credentials: { apiKey: 'k', apiSecret: 's' },
  })
  const position = await prisma().position.create({
    data: { userId: ids.mine, brokerId: ids.broker, symbol: 'BTC/USDT' },
  })
  ids.position = position.id
})
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

it('lists the journal page by page, filtered, and only to its user', async () => {
  const bodies = [
    '{"Action":"PING","Symbol":"BTCUSDT","Interval":"5","IndicateurName":"Pulse","Exchange":"BINANCE","Close":61000.5}',
    '{"Action":"BuyMarket","Symbol":"ETHUSDT","PourCent":25.5,"Prix":3000,"IndicateurName":"Pulse"}',
    'no message at all',
    '{"Action":"Dance","Symbol":"BTCUSDT"}',
  ]
  for (const [index, body] of bodies.entries()) await receive(ids.mine, index, body)
  await receive(ids.other, 9, bodies[0] ?? '')

  const all = await history(ids.mine)
  expect(all.next).toBeNull()
  expect(all.rows.map((row) => [row.status, row.action, row.actionText, row.symbol])).toEqual([
    ['RECEIVED', null, 'Dance', 'BTC/USDT'],
    ['UNREADABLE', null, null, null],
    ['RECEIVED', 'BUY_MARKET', 'BuyMarket', 'ETH/USDT'],
    ['RECEIVED', 'PING', 'PING', 'BTC/USDT'],
  ])
  expect(all.rows[2]).toMatchObject({ sizePercent: '25.5', price: '3000', source: 'Pulse' })
  expect(all.rows[3]).toMatchObject({ exchange: 'BINANCE', interval: '5', receivedAt: START })
  expect(all.rows[3]?.fields).toContainEqual(['Close', '61000.5'])

  const first = await history(ids.mine, { limit: '3' })
  expect(first.rows.map((row) => row.id)).toEqual(all.rows.slice(0, 3).map((row) => row.id))
  const second = await history(ids.mine, { limit: '3', before: first.next ?? '' })
  expect(second).toEqual({ rows: all.rows.slice(3), next: null })

  expect((await history(ids.mine, { source: 'Pulse' })).rows).toHaveLength(2)
  // Without a name: the unreadable one and the dance.
  expect((await history(ids.mine, { source: '' })).rows).toHaveLength(2)
  expect((await history(ids.mine, { status: 'UNREADABLE' })).rows).toHaveLength(1)
  expect((await history(ids.mine, { action: 'PING', symbol: 'BTC/USDT' })).rows).toHaveLength(1)
  expect((await history(ids.other)).rows).toHaveLength(1)
  expect((await history(STRANGER)).rows).toEqual([])
})

it('counts by status and action, and tells how long decisions took', async () => {
  await installation.query(
    "UPDATE webhooks SET status = 'EXECUTED', processed_at = received_at + interval '40 ms' WHERE action = 'PING' AND user_id = $1",
    [ids.mine],
  )
  const stats = await readWebhookStats(ids.mine, 1, START + 60_000)
  expect(stats).toMatchObject({
    total: 4,
    byStatus: { EXECUTED: 1, RECEIVED: 2, UNREADABLE: 1 },
    byAction: { PING: 1, BUY_MARKET: 1, UNKNOWN: 2 },
    handledMs: { p50: 40, p99: 40 },
  })
  expect((await readWebhookStats(ids.other, 1, START + 60_000)).handledMs).toBeNull()
  // Older than the days asked for.
  expect((await readWebhookStats(ids.mine, 1, START + 3 * 86_400_000)).total).toBe(0)
})

it('shows sources with their loss rate; only their user mutes them', async () => {
  const source = await prisma().webhookSource.create({
    data: {
      userId: ids.mine,
      name: 'Pulse',
      symbol: 'BTC/USDT',
      interval: '5',
      firstDueAt: at(0),
      auditedTo: at(900),
      lastReceivedAt: at(0),
    },
  })
  await installation.query(`UPDATE webhooks SET source_id = $1, due_at = $2 WHERE action = 'PING' AND user_id = $3`, [
    source.id,
    at(0),
    ids.mine,
  ])
  await installation.query(
    `INSERT INTO webhooks (user_id, status, action, action_text, source, symbol, interval, raw_body, received_at, processed_at, source_id, due_at, reason)
     VALUES ($1,'MISSED','MISSED','MISS','Pulse','BTC/USDT','5','',$2,$2,$3,$4,'No alert came at its time.')`,
    [ids.mine, at(360), source.id, at(300)],
  )
  const read = async () => (await readWebhookStats(ids.mine, 1, START + 600_000)).sources
  expect(await read()).toMatchObject([{ name: 'Pulse', came: 1, missed: 1, lossRate: 0.5, isMuted: false }])
  expect((await readWebhookStats(ids.other, 1, START + 600_000)).sources).toEqual([])

  const id = source.id.toString()
  expect(await muteSource(ids.other, id, true, START)).toBe(false)
  expect(await read()).toMatchObject([{ isMuted: false }])
  expect(await muteSource(ids.mine, id, true, START)).toBe(true)
  expect(await read()).toMatchObject([{ isMuted: true }])

  const [miss] = (await history(ids.mine, { status: 'MISSED' })).rows
  expect(miss).toMatchObject({ action: 'MISSED', dueAt: at(300).getTime() })
  expect((await readWebhookStory(ids.mine, BigInt(miss?.id ?? '0')))?.steps).toMatchObject([
    { kind: 'NEVER_CAME', at: at(300).getTime() },
  ])
})

it('shows the orders of the trade in progress, from the first purchase after a full sale', async () => {
  expect(await listTrades(ids.mine, {})).toEqual([])
  await place({ second: 100, side: 'BUY', filledAt: 100 })
  // Asked for in the first trade, executed in the second.
  const resting = await place({ second: 101, side: 'BUY', filledAt: 200 })
  await place({ second: 110, side: 'SELL', filledAt: 110, realizedPnl: '5' })
  const stop = await place({ second: 201, side: 'SELL', purpose: 'STOP_LOSS', status: 'ACCEPTED' })
  await prisma().position.update({
    where: { id: ids.position },
    data: { quantity: '0.1', cost: '6006', averageEntryPrice: '60060', openedAt: at(200), realizedPnl: '5' },
  })
  const trip = {
    userId: ids.mine,
    brokerId: ids.broker,
    positionId: ids.position,
    symbol: 'BTC/USDT',
    sold: '0',
    proceeds: '0',
  }
  await prisma().roundTrip.createMany({
    data: [
      { ...trip, number: 1, openedAt: at(100), closedAt: at(110), bought: '0.1', cost: '6006', realizedPnl: '5' },
      { ...trip, number: 2, openedAt: at(200), bought: '0.1', cost: '6006', realizedPnl: '0' },
    ],
  })
  const [trade, ...others] = await listTrades(ids.mine, {})
  expect(others).toEqual([])
  expect(trade).toMatchObject({ symbol: 'BTC/USDT', openedAt: at(200).getTime(), quantity: '0.1', realizedPnl: '0' })
  expect(trade?.orders.map((order) => order.clientOrderId)).toEqual([stop, resting])
  expect(trade?.exits).toEqual([{ clientOrderId: stop, purpose: 'STOP_LOSS', price: '58000', quantity: '0.1' }])

  expect(await listTrades(ids.mine, { symbol: 'ETH/USDT' })).toEqual([])
  expect(await listTrades(ids.mine, { brokerId: ids.broker })).toHaveLength(1)
  expect(await listTrades(ids.other, { brokerId: ids.broker })).toEqual([])

  // Sold: nothing is held, and only what waits is left.
  await prisma().position.update({ where: { id: ids.position }, data: { quantity: '0', openedAt: null } })
  expect(await listTrades(ids.mine, {})).toMatchObject([{ openedAt: null, orders: [{ clientOrderId: stop }] }])
})

it('tells the story of an order from its webhook to its gain, to its user only', async () => {
  const webhookId = await receive(
    ids.mine,
    300,
    '{"Action":"SellMarket","Symbol":"BTCUSDT","PourCent":100,"IndicateurName":"Exit"}',
  )
  await installation.query("UPDATE webhooks SET status = 'EXECUTED', processed_at = $2 WHERE id = $1", [
    webhookId,
    at(301),
  ])
  const orderId = await place({
    second: 301,
    side: 'SELL',
    filledAt: 302,
    webhookId: BigInt(webhookId),
    realizedPnl: '12.5',
  })
  const kinds = ['RECEIVED', 'VALIDATED', 'SETTLED', 'INITIALIZE', 'SUBMIT', 'EXECUTION', 'PNL']
  const ofOrder = await readOrderStory(ids.mine, orderId)
  expect(ofOrder?.steps.map((step) => step.kind)).toEqual(kinds)
  expect(ofOrder?.rawBody).toContain('SellMarket')
  expect(ofOrder?.answer).toContain('"orderId": 7')
  const ofWebhook = await readWebhookStory(ids.mine, BigInt(webhookId))
  expect(ofWebhook?.steps.map((step) => step.kind)).toEqual(kinds)
  expect(ofWebhook?.orders).toMatchObject([{ clientOrderId: orderId, side: 'SELL' }])

  expect(await readOrderStory(ids.other, orderId)).toBeNull()
  expect(await readWebhookStory(ids.other, BigInt(webhookId))).toBeNull()
  expect(await readOrderStory(ids.mine, 'no-such-order')).toBeNull()
})

it('a renewed address ends the old one', async () => {
  expect(await readWebhookAddress(ids.mine)).toBeNull()
  const first = await renewWebhookAddress(ids.mine)
  expect(await readWebhookAddress(ids.mine)).toEqual(first)
  const second = await renewWebhookAddress(ids.mine)
  expect(second.path).not.toBe(first.path)
  expect(await readWebhookAddress(ids.mine)).toEqual(second)
  expect(await readWebhookAddress(ids.other)).toBeNull()

  const tokens = createWebhookTokens()
  await tokens.refresh()
  const tokenOf = (path: string): string => path.split('/').at(-1) ?? ''
  expect(await tokens.userOf(tokenOf(second.path))).toBe(ids.mine)
  expect(await tokens.userOf(tokenOf(first.path))).toBeNull()
})
