import fc from 'fast-check'
import { type Amount, parseDecimal as d } from '@/lib/domain/money/decimal'
import { type OrderRequest, ORDER_TYPES } from '@/lib/domain/order/order'

/** Pairs of the paper exchange: a price around which orders are worth something, and the decimals of its prices. */
const PAIRS = {
  'BTC/USDT': ['60000', 2],
  'ETH/USDT': ['3000', 2],
  'SOL/USDT': ['150', 2],
  'LINK/USDT': ['14', 2],
  'XRP/USDT': ['0.6', 4],
} as const

const near = (price: Amount, millionths: number): Amount => price.times(millionths).div(1_000_000)

/** Any order that the domain knows, well above the smallest value, with more decimals than the market takes. */
export const anyOrder: fc.Arbitrary<OrderRequest> = fc
  .record({
    symbol: fc.constantFrom(...Object.keys(PAIRS)) as fc.Arbitrary<keyof typeof PAIRS>,
    type: fc.constantFrom(...ORDER_TYPES),
    side: fc.constantFrom('BUY' as const, 'SELL' as const),
    // Value in hundredths of USDT, from 20 to 20000.
    cents: fc.integer({ min: 2000, max: 2_000_000 }),
    limit: fc.integer({ min: 900_001, max: 1_099_999 }),
    stop: fc.integer({ min: 900_001, max: 1_099_999 }),
    timeInForce: fc.constantFrom('GTC' as const, 'IOC' as const, 'FOK' as const),
    isPostOnly: fc.boolean(),
    isForAmount: fc.boolean(),
    trailingDelta: fc.integer({ min: 10, max: 1999 }),
  })
  .map(({ symbol, type, side, cents, limit, stop, timeInForce, isPostOnly, isForAmount, trailingDelta }) => {
    const [text, decimals] = PAIRS[symbol]
    const price = d(text)
    const value = d(String(cents)).div(100)
    const quantity = value.div(price).toDecimalPlaces(8)
    // Never in the middle between two ticks: which way that goes is a matter of taste.
    const between = (millionths: number) => near(price, millionths).plus('0.0000001').toDecimalPlaces(9)
    const hasLimit = type.endsWith('LIMIT')
    const isPosting = type === 'LIMIT' && isPostOnly
    return {
      clientOrderId: 'side-by-side-0001',
      symbol,
      side,
      type,
      ...(type === 'MARKET' && isForAmount ? { quoteQuantity: value.floor() } : { quantity }),
      ...(hasLimit ? { limitPrice: between(limit) } : {}),
      // On the tick, because ccxt does not put every trigger there.
      ...(type.startsWith('STOP') || type.startsWith('TAKE')
        ? { stopPrice: near(price, stop).toDecimalPlaces(decimals) }
        : {}),
      ...(type === 'TRAILING_STOP' ? { trailingDelta } : {}),
      ...(isPosting ? { isPostOnly: true } : type === 'LIMIT' ? { timeInForce } : {}),
    }
  })
