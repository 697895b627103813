import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import type { Fill } from '@/lib/domain/order/order'
import { compareFills } from '@/lib/use-cases/compare-fills'
import { at, fillOf, orderAt, Tracked } from '../../support/tracked'

// What a fee is worth that neither asset of the market paid.

let t: Tracked

beforeAll(async () => {
  t = await Tracked.open('fees')
})
beforeEach(() => t.reset())
afterAll(async () => {
  await t.close()
  await closePool()
  await disconnectPrisma()
  await t.installation.close()
})

describe('fees in a third asset', () => {
  /** A purchase by hand with this fee, and what the fee is recorded to be worth. */
  const feeOf = async (time: number, fee: string, feeAsset: string, symbol = 'BTC/USDT'): Promise<string | null> => {
    const order = orderAt(time, { symbol })
    const fill = fillOf(order, time, { fee: d(fee), feeAsset })
    t.exchange.orders.push(order)
    t.exchange.fills.push(fill)
    await compareFills(t.desk, await t.broker(), symbol, time)
    return valueOf(fill)
  }
  const valueOf = async (fill: Fill | undefined): Promise<string | null> => {
    const [row] = await t.installation.query<{ value: string | null }>(
      'SELECT trim_scale(fee_in_quote)::text AS value FROM fills WHERE broker_id = $1 AND exchange_trade_id = $2',
      [t.brokerId, fill?.exchangeTradeId],
    )
    return row?.value ?? null
  }

  it('are worth what they were at the time of the fill', async () => {
    t.exchange.prices.set('BNB/USDT', d('600'))
    t.exchange.closes.set(`BNB/USDT ${at('10:00')}`, d('500')).set(`BNB/USDT ${at('10:20')}`, d('550'))
    expect(await feeOf(at('10:00') + 30_000, '0.01', 'BNB')).toBe('5')
    // Nothing was traded in the minutes since: the last price is that of before.
    expect(await feeOf(at('10:17'), '0.01', 'BNB')).toBe('5')
    expect(await feeOf(t.now - 30_000, '0.01', 'BNB')).toBe('6')
    // Of so long ago the exchange has no candles.
    expect(await feeOf(at('10:00', '2024-01-01'), '0.01', 'BNB')).toBe('6')
  })

  it('are valued by the pair the other way round, or by way of dollars', async () => {
    t.exchange.prices.set('USDT/EUR', d('0.8')).set('KCS/USDT', d('12'))
    expect(await feeOf(t.now, '4', 'EUR')).toBe('5')
    // 2 KCS are 24 USDT, 0.0004 BTC at 60,000.
    expect(await feeOf(t.now, '2', 'KCS', 'ETH/BTC')).toBe('0.0004')
  })

  it('that nobody can value are told of once, and valued when somebody can, each at its own time', async () => {
    const warn = vi.spyOn(t.desk.log, 'warn')
    const unvalued = () => warn.mock.calls.filter((call) => String(call.at(-1)).includes('worth'))
    expect(await feeOf(at('10:00'), '0.01', 'BNB')).toBeNull()
    expect(await feeOf(at('10:30'), '0.01', 'BNB')).toBeNull()
    await t.look()
    await t.look()
    expect(unvalued()).toHaveLength(1)
    t.exchange.closes.set(`BNB/USDT ${at('10:00')}`, d('500')).set(`BNB/USDT ${at('10:30')}`, d('550'))
    await t.look()
    expect(await Promise.all(t.exchange.fills.map(valueOf))).toEqual(['5', '5.5'])
    const [row] = await t.installation.query<{ cost: string }>(
      'SELECT trim_scale(cost)::text AS cost FROM positions WHERE broker_id = $1',
      [t.brokerId],
    )
    expect(row?.cost).toBe('12010.5')
  })
})
