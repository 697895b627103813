import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import type { AccountMode, Credentials, ExchangeId } from '@/lib/domain/account/broker'
import type { Instrument } from '@/lib/domain/market/instrument'
import { toWire, ZERO } from '@/lib/domain/money/decimal'
import type { OrderRequest } from '@/lib/domain/order/order'
import { ADAPTERS } from '@/lib/exchanges/adapters'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'
import { ExchangeHttp } from '@/lib/exchanges/http/exchange-http'
import { HttpTransport } from '@/lib/exchanges/http/http-transport'
import { BINANCE, BITGET, BITGET_UNIFIED, KUCOIN, KUCOIN_UNIFIED, type Rival } from './rivals'
import { anyOrder } from './orders'
import { RecordingServer, type SentRequest } from './recording-server'

// Ours and ccxt, side by side: the same order, asked of both, must reach the exchange as the same request.

const RUNS = { CLASSIC: 1500, UNIFIED: 500 }
const CANCELS = 200

let simulator: RunningSimulator
let recording: RecordingServer

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir: ':memory:',
    market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
  })
  recording = await RecordingServer.start()
})
afterAll(async () => {
  await recording.close()
  await simulator.close()
})

async function open(exchange: ExchangeId, accountMode: AccountMode): Promise<Credentials> {
  const body = JSON.stringify({ exchange, accountMode, balances: {} })
  const answer = await fetch(`${simulator.url}/_control/accounts`, { method: 'POST', body })
  const { apiKey, apiSecret, apiPassphrase } = (await answer.json()) as Required<Credentials>
  return { apiKey, apiSecret, ...(exchange === 'binance' ? {} : { apiPassphrase, accountMode }) }
}

/** A client of ours at an address, on a clock that runs fast, so that no limit of the exchange slows it down. */
function oursAt(exchangeId: ExchangeId, url: string): ExecutionClient {
  let passed = 0
  const http = new ExchangeHttp({
    clock: () => {
      passed += 2000
      return Date.now() + passed
    },
    transport: new HttpTransport(readBaseAddress(url, 'http')),
    dialect: ADAPTERS[exchangeId].dialectOf('PAPER'),
  })
  const [streamUrl, privateUrl] = ['ws://127.0.0.1:9', 'ws://127.0.0.1:9']
  return ADAPTERS[exchangeId].execution({
    environment: 'PAPER',
    clock: Date.now,
    http,
    streamUrl,
    privateUrl,
    timings: {},
  })
}

/** A last price at which the order's trigger waits: below one that fires when the price rises, above the others. */
const beyond = ({ type, side, stopPrice = ZERO }: OrderRequest): string =>
  toWire(stopPrice.times(type.startsWith('STOP') === (side === 'BUY') ? '0.9' : '1.1').toDecimalPlaces(4))

/** The request without what differs every time, and without reviewed differences. */
const comparable = (request: SentRequest | undefined, rival: Rival): string => {
  if (request === undefined) return 'nothing'
  const needless = rival.needless[request.path] ?? []
  const params = Object.entries(request.params)
    .map(([name, value]): [string, string] => [
      name,
      rival.numbers.has(name) ? String(+value) : rival.anyCase.has(name) ? value.toLowerCase() : value,
    ])
    .filter(([name, value]) => !rival.passing.has(name) && !needless.includes(name) && rival.defaults[name] !== value)
    .sort()
  return `${request.method} ${request.path} ${JSON.stringify(Object.fromEntries(params))}`
}

describe.each([
  ['binance', 'CLASSIC', BINANCE],
  ['bitget', 'CLASSIC', BITGET],
  ['bitget', 'UNIFIED', BITGET_UNIFIED],
  ['kucoin', 'CLASSIC', KUCOIN],
  ['kucoin', 'UNIFIED', KUCOIN_UNIFIED],
] as [ExchangeId, AccountMode, Rival][])('%s %s', (exchangeId, mode, rival) => {
  it('sends the same orders and cancels as ccxt', async () => {
    const keys = await open(exchangeId, mode)
    const paper = oursAt(exchangeId, `${simulator.url}/${exchangeId}`)
    const markets = new Map<string, Instrument>((await paper.loadMarkets()).map((market) => [market.symbol, market]))
    await paper.close()
    const theirs = await rival.make(keys, `${simulator.url}/${exchangeId}`, recording.url)
    const ours = oursAt(exchangeId, recording.url)
    const { orderTypes } = ours.capabilities(exchangeId === 'binance' ? null : mode)
    let compared = 0
    const sides = async (request: OrderRequest): Promise<[string, string]> => {
      const market = markets.get(request.symbol)
      if (market === undefined) throw new Error(`no market ${request.symbol}`)
      recording.lastPrice = beyond(request)
      const mine = await recording.during(() => ours.createOrder(keys, request, market))
      const other = await recording.during(() => theirs.create(request))
      compared += 1
      return [comparable(mine.at(-1), rival), comparable(other.at(-1), rival)]
    }
    await fc.assert(
      fc.asyncProperty(
        anyOrder.filter((order) => orderTypes[order.type].level === 'NATIVE' && rival.leavesOut(order) === undefined),
        async (request) => {
          const [mine, other] = await sides(request)
          expect(mine).toBe(other)
          expect(mine).not.toBe('nothing')
        },
      ),
      { numRuns: RUNS[mode] },
    )
    process.stdout.write(`${exchangeId} ${mode}: ${compared} orders sent alike by ours and ccxt\n`)
    expect(compared).toBeGreaterThanOrEqual(RUNS[mode])
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...markets.keys()), fc.bigInt(1n, 2n ** 60n), async (symbol, id) => {
        const exchangeOrderId = id.toString()
        const mine = await recording.during(() => ours.cancelOrder(keys, { symbol, exchangeOrderId }))
        const other = await recording.during(() => theirs.cancel(exchangeOrderId, symbol))
        // Ours asks on where an order may also be of another kind.
        expect(comparable(mine[0], rival)).toBe(comparable(other[0], rival))
        expect(mine[0]).toBeDefined()
      }),
      { numRuns: CANCELS },
    )
    await ours.close()
    await theirs.close()
  }, 120_000)
})
