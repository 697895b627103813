import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { mapInstrument } from '@/lib/exchanges/binance/map-market'
import { symbolSchema } from '@/lib/exchanges/binance/schemas'

// Markets recorded from the live exchange, as ccxt understood them: ours must be the same.

interface RecordedMarket {
  symbol: string
  spot: boolean
  precision: { amount: number; price: number }
  limits: { amount: { min: number; max: number }; cost: { min: number }; market?: { max: number } }
  info: unknown
}

const FILE = resolve('../shared/fixtures/ccxt/markets/binance.json')

it.skipIf(!existsSync(FILE))(`reads recorded markets to the same tick, step and minimum (${FILE})`, () => {
  const recorded = JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, RecordedMarket>
  const spot = Object.values(recorded).filter((market) => market.spot)
  expect(spot.length).toBeGreaterThan(5)
  for (const market of spot) {
    const ours = mapInstrument(symbolSchema.parse(market.info))
    const { precision, limits } = market
    expect(ours.symbol).toBe(market.symbol)
    expect(ours.tickSize.toFixed()).toBe(d(String(precision.price)).toFixed())
    expect(ours.stepSize.toFixed()).toBe(d(String(precision.amount)).toFixed())
    expect(ours.minQuantity.toFixed()).toBe(d(String(limits.amount.min)).toFixed())
    expect(ours.maxQuantity.toFixed()).toBe(d(String(limits.amount.max)).toFixed())
    expect(ours.minNotional.toFixed()).toBe(d(String(limits.cost.min)).toFixed())
    expect(ours.isTrading && ours.isOcoAllowed).toBe(true)
  }
  process.stdout.write(`markets of Binance read alike: ${spot.length} of ${spot.length}\n`)
})
