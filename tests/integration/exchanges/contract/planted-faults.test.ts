import { describe, expect, it } from 'vitest'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { newClientOrderId } from '@/lib/platform/ids'
import { CASES } from './cases'
import { type CaseContext, PaperExchange, VENUES } from './paper-exchange'

// Would the contract notice? Clients broken on purpose in the ways that cost money, each with the case that must fail.

/** The client, with some methods replaced. */
const broken =
  (change: (client: ExecutionClient) => Partial<ExecutionClient>) =>
  (client: ExecutionClient): ExecutionClient => {
    const changed = change(client)
    return new Proxy(client, {
      get: (target, name) => {
        const own = Reflect.get(changed, name) as unknown
        const value = own ?? (Reflect.get(target, name, target) as unknown)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
  }

const orderingWith = (alter: (request: OrderRequest) => OrderRequest) =>
  broken((client) => ({
    createOrder: (credentials, request, instrument) => client.createOrder(credentials, alter(request), instrument),
  }))

/** Every unknown outcome is called a refusal, as if it were safe to send again. */
const callsRefused = (error: unknown): never => {
  if (error instanceof TradingError && error.outcome === 'UNKNOWN')
    throw new TradingError('EXCHANGE_UNAVAILABLE', error.message, { outcome: 'REFUSED', isRetryable: true })
  throw error
}

const PLANTED: { fault: string; caughtBy: string; wrap: (client: ExecutionClient) => ExecutionClient }[] = [
  {
    fault: 'drops our client id',
    caughtBy: 'LIMIT rests, is found by both ids, and is canceled',
    wrap: orderingWith((request) => ({ ...request, clientOrderId: newClientOrderId() })),
  },
  {
    fault: 'swaps the sides',
    caughtBy: 'MARKET sells a quantity',
    wrap: orderingWith((request) => ({ ...request, side: request.side === 'BUY' ? 'SELL' : 'BUY' })),
  },
  {
    fault: 'takes an amount of the quote asset for one of the base asset',
    caughtBy: 'MARKET spends an amount of the quote asset',
    wrap: orderingWith(({ quoteQuantity, ...request }) =>
      quoteQuantity === undefined ? request : { ...request, quantity: quoteQuantity.div(500).times('0.5') },
    ),
  },
  {
    fault: 'sends a tenth of the quantity',
    caughtBy: 'MARKET buys a quantity',
    wrap: orderingWith((request) =>
      request.quantity === undefined ? request : { ...request, quantity: request.quantity.div(10) },
    ),
  },
  {
    fault: 'forgets post-only',
    caughtBy: 'post-only rests, and never takes',
    wrap: orderingWith(({ isPostOnly: _isPostOnly, ...request }) => request),
  },
  {
    fault: 'forgets the time in force',
    caughtBy: 'LIMIT IOC lasts as long as it says',
    wrap: orderingWith(({ timeInForce: _timeInForce, ...request }) => request),
  },
  {
    fault: 'replaces an order by all that it asked for, whatever was executed since',
    caughtBy: 'what is executed between the look and a replacement is taken off it',
    wrap: broken((client) => ({
      replaceOrder: async (credentials, target, replacement, instrument, sizing) => {
        const executed = (await client.getOrder(credentials, target))?.filledQuantity ?? sizing.executed
        return client.replaceOrder(credentials, target, replacement, instrument, { ...sizing, executed })
      },
    })),
  },
  {
    fault: 'calls a 503 a refusal',
    caughtBy: 'a 503 comes instead of the answer: an order is found by its id, exactly once',
    wrap: broken((client) => ({
      createOrder: (...call) => client.createOrder(...call).catch(callsRefused),
    })),
  },
  {
    fault: 'sends an order again when its answer got lost',
    caughtBy: 'the connection breaks before the answer: an order is found by its id, exactly once',
    wrap: broken((client) => ({
      createOrder: (credentials, request, instrument) =>
        client
          .createOrder(credentials, request, instrument)
          .catch(() => client.createOrder(credentials, { ...request, clientOrderId: newClientOrderId() }, instrument)),
    })),
  },
  {
    fault: 'says that a failed look-up found nothing',
    caughtBy: 'the connection breaks before the answer: an order is found by its id, exactly once',
    wrap: broken(() => ({ getOrder: () => Promise.resolve(null) })),
  },
  {
    fault: 'tells the free funds as all there are',
    caughtBy: 'balances are those of the exchange, free and locked',
    wrap: broken((client) => ({
      getBalance: async (credentials) =>
        (await client.getBalance(credentials)).map((balance) => ({ ...balance, total: balance.free })),
    })),
  },
  {
    fault: 'forgets orders that wait for their trigger',
    caughtBy: 'STOP_MARKET waits, is found by both ids, and is canceled',
    wrap: broken((client) => ({
      openOrders: async (...call) => (await client.openOrders(...call)).filter((order) => order.type === 'LIMIT'),
    })),
  },
  {
    fault: 'gives bars in seconds',
    caughtBy: '15m bars: any range, aligned, none missing',
    wrap: broken((client) => ({
      getCandles: async (range) =>
        (await client.getCandles(range)).map((bar) => ({ ...bar, openTime: Math.floor(bar.openTime / 1000) })),
    })),
  },
  {
    fault: 'is connected before it is subscribed',
    caughtBy: 'the stream of a wrong key never counts as connected',
    wrap: broken((client) => ({
      streamUser: (credentials, handlers) => {
        handlers.onState({ kind: 'CONNECTED' })
        return client.streamUser(credentials, handlers)
      },
    })),
  },
  {
    fault: 'loses the executions of its stream',
    caughtBy: 'the stream of an account tells all that happens',
    wrap: broken((client) => ({
      streamUser: (credentials, handlers) =>
        client.streamUser(credentials, {
          ...handlers,
          onOrder: ({ fills: _fills, ...order }) => {
            handlers.onOrder(order)
          },
        }),
    })),
  },
]

const caseNamed = (name: string) => {
  const found = CASES.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no case ${JSON.stringify(name)}`)
  return found
}

/** Whether the case fails on the context. */
const fails = async (name: string, context: CaseContext): Promise<boolean> =>
  caseNamed(name)
    .run(context)
    .then(
      () => false,
      () => true,
    )

describe.each(VENUES.map((venue) => ({ ...venue, title: `${venue.exchangeId} ${venue.mode}` })))('$title', (venue) => {
  it.each(PLANTED.map((planted) => [planted.fault, planted] as const))(
    'is caught when it %s',
    async (_fault, { caughtBy, wrap }) => {
      const paper = await PaperExchange.start(venue)
      try {
        // Both wait the same: else a case could fail for being slow, and a fault would seem caught.
        const begin = async (how?: typeof wrap) => Object.assign(await paper.begin(how), { patienceMs: 1500 })
        expect(await fails(caughtBy, await begin())).toBe(false)
        expect(await fails(caughtBy, await begin(wrap))).toBe(true)
      } finally {
        await paper.close()
      }
    },
  )
})
