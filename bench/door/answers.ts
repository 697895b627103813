// What Binance answers, as little of it as our gateway reads.

const FILTERS = [
  { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000.00', tickSize: '0.01' },
  { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
  { filterType: 'NOTIONAL', minNotional: '5.00000000' },
]

/** Bases of the markets: BTC, and C01 to C40 for the strategies. */
export const BASES = ['BTC', ...Array.from({ length: 40 }, (_, index) => `C${String(index + 1).padStart(2, '0')}`)]

export const exchangeInfo = (): string =>
  JSON.stringify({
    // An exchange that never says stop: what is measured is the bot.
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 1_000_000_000 },
      { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 1_000_000_000 },
      { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 1_000_000_000 },
    ],
    symbols: BASES.map((base) => ({
      symbol: `${base}USDT`,
      status: 'TRADING',
      baseAsset: base,
      quoteAsset: 'USDT',
      orderTypes: ['LIMIT', 'MARKET'],
      ocoAllowed: false,
      filters: FILTERS,
    })),
  })

/** Free funds of every account: so much that what a burst takes of them changes no cent of the next order. */
export const FREE_USDT = 10_000_000_000

export const account = (): string =>
  JSON.stringify({
    canTrade: true,
    accountType: 'SPOT',
    balances: [{ asset: 'USDT', free: FREE_USDT.toFixed(8), locked: '0.00000000' }],
  })

export const PRICE = 50_000

/** A market order is filled at once, in one execution. */
export function newOrder(params: URLSearchParams, orderId: number, now: number): string {
  const quote = params.get('quoteOrderQty') ?? '100'
  const quantity = (+quote / PRICE).toFixed(8)
  return JSON.stringify({
    symbol: params.get('symbol'),
    orderId,
    orderListId: -1,
    clientOrderId: params.get('newClientOrderId'),
    transactTime: now,
    price: '0.00000000',
    origQty: quantity,
    executedQty: quantity,
    cummulativeQuoteQty: quote,
    status: 'FILLED',
    timeInForce: 'GTC',
    type: params.get('type'),
    side: params.get('side'),
    workingTime: now,
    fills: [
      {
        price: PRICE.toFixed(2),
        qty: quantity,
        commission: '0.00000001',
        commissionAsset: params.get('symbol')?.replace('USDT', ''),
        tradeId: orderId,
      },
    ],
  })
}

const INTERVAL_MS: Record<string, number> = { '1m': 60_000, '3m': 180_000, '5m': 300_000, '15m': 900_000 }

/** Bars of a market that swings slowly around 100. */
export function klines(params: URLSearchParams): string {
  const step = INTERVAL_MS[params.get('interval') ?? ''] ?? 60_000
  const end = +(params.get('endTime') ?? 0)
  const rows: unknown[] = []
  let open = Math.ceil(+(params.get('startTime') ?? 0) / step) * step
  for (; open <= end && rows.length < 1000; open += step) {
    const price = (100 + 5 * Math.sin(open / (40 * step))).toFixed(2)
    rows.push([open, price, price, price, price, '10.0', open + step - 1, '1000.0', 10, '5.0', '500.0', '0'])
  }
  return JSON.stringify(rows)
}
