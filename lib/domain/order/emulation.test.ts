import { describe, expect, it } from 'vitest'
import { parseDecimal as d, ZERO } from '@/lib/domain/money/decimal'
import { isTriggered, keptStepOf, sentForm, trailingPeakAt, triggerPriceOf } from '@/lib/domain/order/emulation'
import type { JournaledOrder } from '@/lib/domain/order/journal'

const kept = (change: Partial<JournaledOrder>): JournaledOrder => ({
  clientOrderId: 'A',
  userId: 'u',
  brokerId: 'b',
  source: 'MANUAL',
  purpose: 'OTHER',
  positionId: 'p',
  symbol: 'BTC/USDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  quantity: d('1'),
  status: 'INITIALIZED',
  isEmulated: true,
  filledQuantity: ZERO,
  filledQuoteQuantity: ZERO,
  sendBefore: 0,
  createdAt: 0,
  ...change,
})

describe('triggers', () => {
  it.each([
    ['STOP_MARKET', 'SELL', '100', '100.01', false],
    ['STOP_MARKET', 'SELL', '100', '100', true],
    ['STOP_LIMIT', 'BUY', '100', '99.99', false],
    ['STOP_LIMIT', 'BUY', '100', '100', true],
    ['TAKE_PROFIT_MARKET', 'SELL', '100', '99.99', false],
    ['TAKE_PROFIT_MARKET', 'SELL', '100', '100', true],
    ['TAKE_PROFIT_LIMIT', 'BUY', '100', '100.01', false],
    ['TAKE_PROFIT_LIMIT', 'BUY', '100', '100', true],
  ] as const)('%s %s at %s: a price of %s fires it: %s', (type, side, stop, price, fires) => {
    expect(isTriggered(kept({ type, side, stopPrice: d(stop) }), d(price))).toBe(fires)
  })
})

describe('trailing stop', () => {
  /** Follows prices; answers the first that fires. */
  const follow = (order: JournaledOrder, prices: string[]): string | undefined => {
    let now = order
    return prices.find((text) => {
      const peak = trailingPeakAt(now, d(text))
      if (peak !== undefined) now = { ...now, trailingPeak: peak }
      return isTriggered(now, d(text))
    })
  }

  it('follows the best price and fires at its distance from it', () => {
    const order = kept({ type: 'TRAILING_STOP', trailingDelta: 100 })
    // 1 % below 110 is 108.9.
    expect(follow(order, ['100', '105', '104', '110', '109', '108.91', '108.9', '80'])).toBe('108.9')
    const bought = kept({ type: 'TRAILING_STOP', side: 'BUY', trailingDelta: 200 })
    // 2 % above 90 is 91.8.
    expect(follow(bought, ['100', '95', '90', '91.79', '91.8'])).toBe('91.8')
  })

  it('waits for its activation price', () => {
    const order = kept({ type: 'TRAILING_STOP', trailingDelta: 100, stopPrice: d('120') })
    expect(triggerPriceOf(order)).toBeUndefined()
    expect(follow(order, ['110', '90', '119.99', '120', '119', '118.8'])).toBe('118.8')
  })
})

it('goes out as what its trigger releases, and only then', () => {
  const stop = kept({ stopPrice: d('100'), triggeredAt: 1 })
  expect(sentForm(stop)).toMatchObject({ type: 'MARKET', clientOrderId: 'A' })
  expect(sentForm(stop)).not.toHaveProperty('stopPrice')
  expect(sentForm(kept({ type: 'STOP_LIMIT', limitPrice: d('99'), triggeredAt: 1 }))).toMatchObject({ type: 'LIMIT' })
  // One that waited for another order goes out as it is.
  expect(sentForm(kept({ stopPrice: d('100') })).type).toBe('STOP_MARKET')
})

describe('orders that belong together', () => {
  const target = kept({ type: 'TAKE_PROFIT_MARKET', purpose: 'TAKE_PROFIT', stopPrice: d('110') })
  const stop = kept({ purpose: 'STOP_LOSS', stopPrice: d('90'), isEmulated: false, status: 'ACCEPTED' })
  const hit = { ...target, triggeredAt: 1 }

  it('a pair: watches, has the other canceled when it is hit, and goes out once that is gone', () => {
    expect(keptStepOf(target, 'OCO', [stop])).toBe('WATCH')
    expect(keptStepOf(hit, 'OCO', [stop])).toBe('CANCEL_OTHERS')
    expect(keptStepOf(hit, 'OCO', [{ ...stop, status: 'PENDING_CANCEL' }])).toBe('CANCEL_OTHERS')
    expect(keptStepOf(hit, 'OCO', [{ ...stop, status: 'CANCELED' }])).toBe('RELEASE')
  })

  it('a pair is over when the other one executed, also while this one was hit, or was ended by somebody', () => {
    const part = { ...stop, status: 'PARTIALLY_FILLED' as const, filledQuantity: d('0.1') }
    for (const order of [target, hit]) expect(keptStepOf(order, 'OCO', [part])).toBe('WITHDRAW')
    expect(keptStepOf(target, 'OCO', [{ ...stop, status: 'CANCELED' }])).toBe('WITHDRAW')
    expect(keptStepOf(target, 'OCO', [{ ...stop, status: 'REJECTED' }])).toBe('WITHDRAW')
  })

  it('of two that are kept only one goes out', () => {
    const keptStop = { ...stop, isEmulated: true, status: 'INITIALIZED' as const, triggeredAt: 1 }
    expect(keptStepOf(target, 'OCO', [keptStop])).toBe('WAIT')
    expect(keptStepOf(keptStop, 'OCO', [target])).toBe('CANCEL_OTHERS')
  })

  it('what an entry places waits for it, goes out with it, and is withdrawn with it', () => {
    const entry = kept({ purpose: 'ENTRY', side: 'BUY', type: 'LIMIT', isEmulated: false, status: 'ACCEPTED' })
    const waiting = { ...stop, isEmulated: true, status: 'INITIALIZED' as const }
    const filled = { ...entry, status: 'FILLED' as const, filledQuantity: d('1') }
    expect(keptStepOf(waiting, 'OTOCO', [entry, target])).toBe('WAIT')
    expect(keptStepOf(target, 'OTOCO', [entry, waiting])).toBe('WAIT')
    expect(keptStepOf(waiting, 'OTOCO', [filled, target])).toBe('RELEASE')
    expect(keptStepOf(target, 'OTOCO', [filled, waiting])).toBe('WATCH')
    expect(keptStepOf(waiting, 'OTO', [filled])).toBe('RELEASE')
    expect(keptStepOf(waiting, 'OTO', [{ ...entry, status: 'CANCELED' }])).toBe('WITHDRAW')
  })
})
