import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { AccountMode, Credentials, ExchangeId } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, parseDecimal as d, toWire } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

// What the contract's cases run on: the paper exchange over real sockets, its market held at a price, one account a case.

/** An account system that the contract holds for. */
export interface Venue {
  exchangeId: ExchangeId
  mode: AccountMode
  /** The HTTP method of a cancel. */
  cancelsBy: 'POST ' | 'DELETE '
  /** What the native order endpoint wants for an iceberg that shows `visible`. */
  iceberg: (visible: string) => Record<string, string>
}

export const VENUES: Venue[] = [
  { exchangeId: 'binance', mode: 'CLASSIC', cancelsBy: 'DELETE ', iceberg: (visible) => ({ icebergQty: visible }) },
  { exchangeId: 'bitget', mode: 'CLASSIC', cancelsBy: 'POST ', iceberg: () => ({}) },
  { exchangeId: 'bitget', mode: 'UNIFIED', cancelsBy: 'POST ', iceberg: () => ({}) },
  {
    exchangeId: 'kucoin',
    mode: 'CLASSIC',
    cancelsBy: 'DELETE ',
    iceberg: (visible) => ({ iceberg: 'true', visibleSize: visible }),
  },
  {
    exchangeId: 'kucoin',
    mode: 'UNIFIED',
    cancelsBy: 'POST ',
    iceberg: (visible) => ({ iceberg: 'true', visibleSize: visible }),
  },
]

export const symbol = 'BTC/USDT'
export const START = { USDT: '100000', BTC: '1' } as const
const PRICE = '50000'

/** A paper exchange that has just started computes a day of every market for its first answer: on a busy machine that takes a while. */
const PATIENT_MS = 5000

function registryAt(port: number, timeoutMs = PATIENT_MS): ExchangeRegistry {
  const env = parseEnv({
    DATABASE_URL: 'postgresql://unused',
    SECRET_KEY: 'x'.repeat(32),
    SIMULATOR_PORT: String(port),
  })
  const socketTimings = { backoffMinMs: 10, backoffMaxMs: 40 }
  return new ExchangeRegistry({ clock: Date.now, env, timeoutMs, socketTimings })
}

export class PaperExchange {
  readonly venue: Venue
  readonly #simulator: RunningSimulator
  readonly #registries: ExchangeRegistry[] = []

  private constructor(venue: Venue, simulator: RunningSimulator) {
    this.venue = venue
    this.#simulator = simulator
  }

  static async start(venue: Venue): Promise<PaperExchange> {
    const nowhere = { liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' }
    const simulator = await startSimulator({
      port: 0,
      host: '127.0.0.1',
      dataDir: ':memory:',
      market: { source: 'synthetic', seed: 5, ...nowhere },
    })
    return new PaperExchange(venue, simulator)
  }

  async close(): Promise<void> {
    for (const registry of this.#registries) await registry.close()
    await this.#simulator.close()
  }

  registry(timeoutMs?: number): ExchangeRegistry {
    const registry = registryAt(this.#simulator.port, timeoutMs)
    this.#registries.push(registry)
    return registry
  }

  /** A client that waits for answers as long as it is told, and no longer. */
  impatient(timeoutMs: number): ExecutionClient {
    return this.registry(timeoutMs).executionClient(this.venue.exchangeId, 'PAPER')
  }

  /** A client of an address where nobody listens. */
  unreachable(): ExecutionClient {
    const registry = registryAt(9)
    this.#registries.push(registry)
    return registry.executionClient(this.venue.exchangeId, 'PAPER')
  }

  get urls(): { restUrl: string; streamUrl: string } {
    const host = `127.0.0.1:${this.#simulator.port}/${this.venue.exchangeId}`
    return { restUrl: `http://${host}`, streamUrl: `ws://${host}` }
  }

  async control(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#simulator.url}/_control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return answer.json()
  }

  /** A case of its own: quiet faults, the market at its price, a fresh account and a fresh client. */
  async begin(wrap: (client: ExecutionClient) => ExecutionClient = (client) => client): Promise<CaseContext> {
    await this.control('PUT', 'faults', {})
    await this.control('PUT', 'limits', { exchange: this.venue.exchangeId })
    await this.control('PUT', 'price', { symbol: 'BTCUSDT', price: PRICE, hold: true })
    const { exchangeId, mode } = this.venue
    const account = (await this.control('POST', 'accounts', {
      exchange: exchangeId,
      accountMode: mode,
      balances: START,
    })) as { apiKey: string; apiSecret: string; apiPassphrase: string | null }
    const { apiKey, apiSecret, apiPassphrase } = account
    const credentials: Credentials = {
      apiKey,
      apiSecret,
      ...(apiPassphrase === null ? {} : { apiPassphrase }),
      ...(exchangeId === 'binance' ? {} : { accountMode: mode }),
    }
    const registry = this.registry()
    const client = wrap(registry.executionClient(exchangeId, 'PAPER'))
    const instrument = (await client.loadMarkets()).find((found) => found.symbol === symbol)
    if (instrument === undefined) throw new Error(`${exchangeId} lists no ${symbol}`)
    return new CaseContext(this, registry, client, credentials, instrument)
  }
}

/** What one case has at hand. */
export class CaseContext {
  readonly price: Amount = d(PRICE)
  readonly paper: PaperExchange
  readonly registry: ExchangeRegistry
  readonly client: ExecutionClient
  readonly credentials: Credentials
  readonly instrument: Instrument

  constructor(
    paper: PaperExchange,
    registry: ExchangeRegistry,
    client: ExecutionClient,
    credentials: Credentials,
    instrument: Instrument,
  ) {
    this.paper = paper
    this.registry = registry
    this.client = client
    this.credentials = credentials
    this.instrument = instrument
  }

  /** How long the cases wait for what must happen. */
  patienceMs = 3000

  get mode(): AccountMode | null {
    return this.credentials.accountMode ?? null
  }

  at(factor: string): Amount {
    return this.price.times(factor)
  }

  request(more: Partial<OrderRequest> & Pick<OrderRequest, 'type' | 'side'>): OrderRequest {
    return { clientOrderId: newClientOrderId(), symbol, quantity: d('0.01'), ...more }
  }

  /** A purchase that rests far below the market. */
  resting(more: Partial<OrderRequest> = {}): OrderRequest {
    return this.request({ type: 'LIMIT', side: 'BUY', limitPrice: this.at('0.8'), ...more })
  }

  create(request: OrderRequest) {
    return this.client.createOrder(this.credentials, request, this.instrument)
  }

  async movePrice(factor: string): Promise<void> {
    await this.paper.control('PUT', 'price', { symbol: 'BTCUSDT', price: this.at(factor).toFixed(2), hold: true })
  }

  faults(faults: unknown): Promise<unknown> {
    return this.paper.control('PUT', 'faults', faults)
  }

  /** Free and locked together, as the exchange itself keeps them: `0.99`. */
  async total(asset: string): Promise<string> {
    const { free, locked } = (await this.ledger()).balances[asset] ?? { free: '0', locked: '0' }
    return toWire(d(free).plus(d(locked)))
  }

  async ledger() {
    return (await this.paper.control('GET', `ledger?apiKey=${this.credentials.apiKey}`)) as {
      balances: Record<string, { free: string; locked: string }>
      orders: { clientOrderId: string; status: string; filledQuantity: string }[]
      fills: { id: number; quantity: string }[]
    }
  }

  /** How many orders of this client id the exchange ever took. */
  async count(clientOrderId: string): Promise<number> {
    return (await this.ledger()).orders.filter((order) => order.clientOrderId === clientOrderId).length
  }

  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = performance.now() + this.patienceMs
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`did not happen in time: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}

/** Client ids of what waits or rests. */
export const openIds = async (c: CaseContext): Promise<string[]> =>
  (await c.client.openOrders(c.credentials, symbol)).map((order) => order.clientOrderId)
