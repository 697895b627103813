import { median, monotonicMs } from '@/bench/distribution'
import { compared, type Figure, figure } from '@/bench/figures'
import type { Workshop } from '@/bench/workshop'
import { fromNumber, parseDecimal } from '@/lib/domain/money/decimal'
import { foldAll, type PositionFill, type PositionMarket } from '@/lib/domain/position/fold'

// The fold of executions into a position with its round trips, by the code that records, refolds and rebuilds the ledger
// (`npm run ledger -- rebuild`). The baseline adds up the same columns as plain numbers, and is wrong in the last digits.

const MARKET: PositionMarket = {
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  minQuantity: parseDecimal('0.00001'),
  minNotional: parseDecimal('5'),
}
const FEE_ASSETS = ['USDT', 'BNB', 'BTC'] as const
const ROUND_TRIP = 8

/** Purchases and then sales in parts, eight to a round trip; fees in the quote asset, in a third one and in the base. */
function executions(count: number): PositionFill[] {
  return Array.from({ length: count }, (_, index) => {
    const step = index % ROUND_TRIP
    const isBuy = step < ROUND_TRIP / 2
    const price = fromNumber(50_000 + (index % 977) / 100)
    const quantity = fromNumber((100 + (index % 13)) / 100_000)
    const quoteQuantity = price.times(quantity)
    const feeAsset = FEE_ASSETS[index % 3] ?? 'USDT'
    const fee = feeAsset === 'BTC' ? quantity.times('0.001') : quoteQuantity.times('0.001')
    // The last sale of a round trip gives more than is left: the position is flat.
    const sold = step === ROUND_TRIP - 1 ? quantity.times(2) : quantity
    return {
      side: isBuy ? 'BUY' : 'SELL',
      quantity: sold,
      quoteQuantity: step === ROUND_TRIP - 1 ? quoteQuantity.times(2) : quoteQuantity,
      fee,
      feeAsset,
      feeInQuote: feeAsset === 'BTC' ? fee.times(price) : fee,
      tradeTime: 1_700_000_000_000 + index,
    }
  })
}

interface Plain {
  isBuy: boolean
  quantity: number
  quote: number
  fee: number
}

function plainSums(fills: readonly Plain[]): number {
  let [quantity, cost, realized] = [0, 0, 0]
  for (const fill of fills) {
    if (fill.isBuy) {
      quantity += fill.quantity
      cost += fill.quote + fill.fee
      continue
    }
    const out = Math.min(fill.quantity, quantity)
    const costOut = quantity === 0 ? 0 : (cost * out) / quantity
    quantity -= out
    cost -= costOut
    realized += fill.quote - fill.fee - costOut
  }
  return realized
}

function timed(work: () => number): { ms: number; result: number } {
  const startedAt = monotonicMs()
  const result = work()
  return { ms: monotonicMs() - startedAt, result }
}

export function ledgerFold(workshop: Pick<Workshop, 'isQuick'>): Figure[] {
  const count = workshop.isQuick ? 200_000 : 1_000_000
  const fills = executions(count)
  const plain = fills.map(({ side, quantity, quoteQuantity, feeInQuote }) => ({
    isBuy: side === 'BUY',
    quantity: quantity.toNumber(),
    quote: quoteQuantity.toNumber(),
    fee: feeInQuote.toNumber(),
  }))
  foldAll(fills.slice(0, 20_000), MARKET)
  plainSums(plain)
  const folds = [0, 1, 2].map(() => timed(() => foldAll(fills, MARKET).roundTrips.length))
  const sums = [0, 1, 2].map(() => timed(() => plainSums(plain)))
  const trips = folds[0]?.result ?? 0
  if (trips !== count / ROUND_TRIP) throw new Error(`${trips} round trips of ${count} executions`)
  const ms = median(folds.map((fold) => fold.ms))
  const name = `ledger, ${count.toLocaleString('en-US')} executions folded`
  return [
    compared(name, ms / 1000, 's', median(sums.map((sum) => sum.ms)) / 1000),
    figure(`${name}: each`, (ms * 1000) / count, 'µs'),
  ]
}
