import { expect } from 'vitest'
import type { Balance } from '@/lib/domain/account/balance'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isClosed } from '@/lib/domain/order/status'
import type { StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import type { ContractCase } from './case'
import { type CaseContext, symbol } from './paper-exchange'

/** An account as its stream tells it, kept as any listener must: closed stays closed, more filled replaces less. */
class Mirror {
  readonly orders = new Map<string, ExchangeOrder>()
  readonly fills = new Map<string, Fill>()
  readonly funds = new Map<string, Balance>()
  readonly states: StreamState[] = []
  readonly unreadable: string[] = []
  readonly #context: CaseContext
  /** Whether it also asks the exchange; else it knows by the stream alone. */
  readonly #asks: boolean
  #handle: StreamHandle | undefined

  constructor(context: CaseContext, asks: boolean) {
    this.#context = context
    this.#asks = asks
  }

  async listen(): Promise<this> {
    const { client, credentials } = this.#context
    this.#handle = client.streamUser(credentials, {
      onOrder: (order) => {
        for (const fill of order.fills ?? []) this.fills.set(fill.exchangeTradeId, fill)
        this.#keep(order)
      },
      onBalance: (balances) => {
        for (const balance of balances) this.funds.set(balance.asset, balance)
      },
      onState: (state) => {
        this.states.push(state)
        // Messages may have been missed: what is open is asked for, as the port says.
        if (!this.#asks) return
        if (state.kind === 'CONNECTED' || state.kind === 'RENEWED') void this.reconcile().catch(() => undefined)
      },
      onUnreadable: (text, reason) => this.unreadable.push(`${reason}: ${text}`),
    })
    await this.#context.until(() => this.connections > 0, 'the subscription')
    return this
  }

  get connections(): number {
    return this.states.filter((state) => state.kind === 'CONNECTED').length
  }

  close(): void {
    this.#handle?.close()
  }

  /** Asks for what the stream may not have told. */
  async reconcile(): Promise<void> {
    const { client, credentials } = this.#context
    const known = [...this.orders.values()].filter((order) => !isClosed(order.status))
    for (const order of await client.openOrders(credentials, symbol)) this.#keep(order)
    for (const order of known) {
      const now = await client.getOrder(credentials, order)
      if (now !== null) this.#keep(now)
    }
    for (const balance of await client.getBalance(credentials)) this.funds.set(balance.asset, balance)
    for (const fill of await client.myFills(credentials, symbol, { fromTime: 0 }))
      this.fills.set(fill.exchangeTradeId, fill)
  }

  #keep(order: ExchangeOrder): void {
    const before = this.orders.get(order.clientOrderId)
    if (before !== undefined && isClosed(before.status)) return
    if (before !== undefined && before.filledQuantity.gt(order.filledQuantity)) return
    this.orders.set(order.clientOrderId, order)
  }

  open(): string[] {
    return [...this.orders.values()]
      .filter((order) => !isClosed(order.status))
      .map((order) => order.clientOrderId)
      .sort()
  }
}

/** Trades a little: rests, fills, cancels. Answers the id that stays open. */
async function trade(c: CaseContext): Promise<string> {
  const [stays, goes, fills] = [
    c.resting(),
    c.resting({ limitPrice: c.at('0.7') }),
    c.resting({ limitPrice: c.at('0.99') }),
  ]
  for (const request of [stays, goes, fills]) await c.create(request)
  await c.client.cancelOrder(c.credentials, goes)
  await c.create(c.request({ type: 'MARKET', side: 'SELL' }))
  await c.movePrice('0.985')
  await c.until(async () => (await c.ledger()).fills.length >= 2, 'the executions')
  return stays.clientOrderId
}

/** The mirror shows what the exchange has. */
async function endsEqual(c: CaseContext, mirror: Mirror, open: string): Promise<void> {
  const { fills, balances } = await c.ledger()
  await c.until(() => mirror.open().join() === open, `${open} alone to be open, not ${mirror.open().join()}`)
  await c.until(() => mirror.fills.size === fills.length, `${fills.length} executions`)
  for (const asset of ['BTC', 'USDT'])
    await c.until(() => {
      const told = mirror.funds.get(asset)
      return told?.free.toFixed() === balances[asset]?.free && told?.locked.toFixed() === balances[asset]?.locked
    }, `the funds in ${asset}`)
  expect(mirror.unreadable).toEqual([])
}

const streamCase = (
  name: string,
  faults: Record<string, unknown>,
  after?: (c: CaseContext, mirror: Mirror) => Promise<void>,
): ContractCase => ({
  name,
  capability: 'userStream',
  run: async (c) => {
    const mirror = new Mirror(c, after !== undefined)
    try {
      await mirror.listen()
      await c.faults(faults)
      const open = await trade(c)
      await after?.(c, mirror)
      await endsEqual(c, mirror, open)
    } finally {
      mirror.close()
    }
  },
})

export const STREAM_CASES: ContractCase[] = [
  streamCase('the stream of an account tells all that happens', {}),
  streamCase('doubled messages change nothing', { duplicateStreamMessages: true }),
  // Two positions of one instant cannot be told apart: a listener asks when it is in doubt.
  streamCase(
    'messages that overtake each other end as the exchange does',
    { reorderStreamMessages: true },
    (_c, mirror) => mirror.reconcile(),
  ),
  streamCase('lost messages are made up for by asking', { loseStreamMessages: 0.5 }, async (c, mirror) => {
    await c.faults({ disconnectStreams: true })
    await c.until(() => mirror.connections >= 2, 'the second subscription')
  }),
  streamCase(
    'a broken connection is made again, and what was missed is asked for',
    { stallStreams: true },
    async (c, mirror) => {
      await c.faults({ disconnectStreams: true })
      await c.until(() => mirror.connections >= 2, 'the second subscription')
    },
  ),
  {
    name: 'the stream of a wrong key never counts as connected',
    capability: 'userStream',
    run: async (c) => {
      const states: StreamState[] = []
      const handle = c.client.streamUser(
        { ...c.credentials, apiSecret: 'wrong' },
        { onOrder: () => undefined, onBalance: () => undefined, onState: (state) => states.push(state) },
      )
      await c.until(() => states.some((state) => state.kind === 'DISCONNECTED'), 'the refusal')
      handle.close()
      expect(states.some((state) => state.kind === 'CONNECTED')).toBe(false)
    },
  },
  {
    name: 'public trades are told in their order, with ids and amounts',
    capability: 'publicTrades',
    run: async (c) => {
      const market = c.registry.marketDataClient(c.paper.venue.exchangeId, c.paper.urls)
      const prices: string[] = []
      const states: StreamState[] = []
      const handle = market.streamTrades([symbol], {
        onTrade: (print) => {
          expect(print).toMatchObject({ symbol })
          prices.push(d(print.price).toFixed())
        },
        onState: (state) => states.push(state),
      })
      try {
        await c.until(() => states.some((state) => state.kind === 'CONNECTED'), 'the connection')
        // A subscription that is sent after the connection needs its moment.
        await c.until(async () => {
          await c.movePrice('1.01')
          return prices.includes('50500')
        }, 'the first print')
        await c.movePrice('1.02')
        await c.until(() => prices.includes('51000'), 'the second print')
        expect(Math.abs((await market.serverTime()) - Date.now())).toBeLessThan(5000)
      } finally {
        handle.close()
      }
    },
  },
]
