import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { median, monotonicMs } from '@/bench/distribution'
import { type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { signUp } from '@/lib/auth/sign-up'
import { createBroker } from '@/lib/db/broker-repository'
import { replaceInstruments } from '@/lib/db/instrument-repository'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { systemClock } from '@/lib/platform/clock'
import { parseEnv } from '@/lib/platform/env'

// Reading and storing the pairs of a large exchange, as « MAJ Paires de trading » does.

const PAIRS = 5000

/** exchangeInfo with so many pairs, each with the filters that Binance lists. */
const exchangeInfo = (): string =>
  JSON.stringify({
    timezone: 'UTC',
    serverTime: 0,
    rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 }],
    exchangeFilters: [],
    symbols: Array.from({ length: PAIRS }, (_, index) => ({
      symbol: `A${index}USDT`,
      status: 'TRADING',
      baseAsset: `A${index}`,
      baseAssetPrecision: 8,
      quoteAsset: 'USDT',
      quotePrecision: 8,
      orderTypes: [
        'LIMIT',
        'LIMIT_MAKER',
        'MARKET',
        'STOP_LOSS',
        'STOP_LOSS_LIMIT',
        'TAKE_PROFIT',
        'TAKE_PROFIT_LIMIT',
      ],
      ocoAllowed: true,
      permissionSets: [['SPOT', 'MARGIN', 'TRD_GRP_004', 'TRD_GRP_005', 'TRD_GRP_006']],
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
        { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '100.00000000', stepSize: '0.00000000' },
        { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, maxNotional: '9000000.00000000' },
        { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
      ],
    })),
  })

export async function marketLoading(workshop: Workshop): Promise<Figure[]> {
  const body = Buffer.from(exchangeInfo())
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = parseEnv({ ...process.env, BINANCE_REST_URL: `http://127.0.0.1:${port}` })
  const registry = new ExchangeRegistry({ clock: systemClock, env })
  const user = await signUp({ name: 'market-loading', password: 'a password for measuring' })
  if (!user.isCreated) throw new Error(user.reason)
  const brokerId = await createBroker({
    userId: user.userId,
    name: 'Large',
    exchangeId: 'binance',
    environment: 'LIVE',
    tradingType: 'OFF',
    isDefault: true,
    credentials: { apiKey: 'key', apiSecret: 'secret' },
    isConfirmed: false,
  })
  const reading: number[] = []
  const storing: number[] = []
  try {
    for (let i = 0; i < (workshop.isQuick ? 3 : 7); i++) {
      const startedAt = monotonicMs()
      const instruments = await registry.executionClient('binance', 'LIVE').loadMarkets()
      const readAt = monotonicMs()
      if ((await replaceInstruments(brokerId, instruments)) !== PAIRS) throw new Error('pairs were lost')
      reading.push(readAt - startedAt)
      storing.push(monotonicMs() - readAt)
    }
  } finally {
    await registry.close()
    server.close()
  }
  return [
    figure(`markets: ${PAIRS} pairs read and checked, median`, median(reading), 'ms'),
    figure(`markets: ${PAIRS} pairs stored, median`, median(storing), 'ms'),
  ]
}
