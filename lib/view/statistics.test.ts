import { describe, expect, it } from 'vitest'
import { csvLine } from '@/lib/view/csv'
import { dayOf, monthAfter, periodOf, weeksOf } from '@/lib/view/days'
import {
  accountsAsked,
  accumulate,
  curveOf,
  decimalsOfQuote,
  deepest,
  deepestRatio,
  knownBalance,
  type Performance,
  profitFactor,
  returnOf,
  searchOf,
  statisticsQuery,
  winRate,
} from '@/lib/view/statistics'

const performance = (over: Partial<Performance>): Performance => ({
  trips: 0,
  wins: 0,
  gain: '0',
  won: '0',
  lost: '0',
  cost: '0',
  best: '0',
  worst: '0',
  ...over,
})

describe('figures', () => {
  it('add up exactly, and say nothing where there is nothing to divide by', () => {
    const days = accumulate([
      { day: '2026-01-01', trips: 1, gain: '0.1', below: '0', highest: '0.1' },
      { day: '2026-01-02', trips: 2, gain: '-0.3', below: '0.35', highest: '0.15' },
      { day: '2026-01-05', trips: 1, gain: '0.2', below: '0.1', highest: '0.1' },
    ])
    expect(days.map((day) => day.total)).toEqual(['0.1', '-0.2', '0'])
    expect([deepest(days), deepest([])]).toEqual(['-0.35', '0'])
    // 0.35 of the 7 that the balance had reached; without a balance there is nothing to compare with.
    const of = (start: string) => ({ start, movements: [] })
    expect([deepestRatio(days, of('6.85')), deepestRatio([], of('1'))]).toEqual(['-0.05', '0'])
    // The same fall, after as much again had come in.
    expect(deepestRatio(days, { start: '6.85', movements: [{ day: '2026-01-02', amount: '7' }] })).toBe('-0.025')
    const none = performance({})
    expect([winRate(none), returnOf(none), profitFactor(none)]).toEqual([null, null, null])
    const some = performance({ trips: 3, wins: 2, gain: '5', won: '9', lost: '-4', cost: '200' })
    expect([winRate(some), returnOf(some), profitFactor(some)]).toEqual(['0.666667', '0.025', '2.25'])
  })
})

describe('the curve', () => {
  it('has a point for every day, also those without a trade', () => {
    const days = accumulate([
      // Fell by 3 from 2, and came back to 1.
      { day: '2026-02-27', trips: 3, gain: '1', below: '3', highest: '2' },
      { day: '2026-03-02', trips: 1, gain: '4', below: '0', highest: '5' },
    ])
    expect(curveOf(days)).toEqual([
      { day: '2026-02-26', total: 0, moved: 0, drawdown: 0 },
      { day: '2026-02-27', total: 1, moved: 0, drawdown: -3 },
      { day: '2026-02-28', total: 1, moved: 0, drawdown: -1 },
      { day: '2026-03-01', total: 1, moved: 0, drawdown: -1 },
      { day: '2026-03-02', total: 5, moved: 0, drawdown: 0 },
    ])
    expect(curveOf([])).toEqual([])
    const moves = [
      { day: '2026-02-25', amount: '100' },
      { day: '2026-03-01', amount: '-30' },
    ]
    expect(curveOf(days, moves).map(({ day, total, moved }) => [day.slice(5), total, moved])).toEqual([
      ['02-24', 0, 0],
      ['02-25', 0, 100],
      ['02-26', 0, 100],
      ['02-27', 1, 100],
      ['02-28', 1, 100],
      ['03-01', 1, 70],
      ['03-02', 5, 70],
    ])
    const far = accumulate([
      { day: '0001-01-01', trips: 1, gain: '1', below: '0', highest: '1' },
      { day: '2026-01-01', trips: 1, gain: '1', below: '0', highest: '2' },
    ])
    expect(curveOf(far)).toHaveLength(3)
  })
})

describe('a balance', () => {
  it('is known when there were funds, or some came', () => {
    const movements = [{ day: '2026-01-01', amount: '5' }]
    const known = (start: string | null, moves = movements) => knownBalance({ quote: 'USDT', start, movements: moves })
    expect([known(null), known('-1'), known('0', [])]).toEqual([null, null, null])
    expect([known('0')?.start, known('3', [])?.start]).toEqual(['0', '3'])
  })
})

describe('a question', () => {
  const account = (id: string, isReal: boolean) => ({ id, name: id, isReal })

  it('never adds play money to real money', () => {
    const both = [account('paper', false), account('live', true), account('test', false)]
    expect(accountsAsked(both, undefined)).toEqual({ broker: 'real', ids: ['live'] })
    expect(accountsAsked(both, 'practice')).toEqual({ broker: 'practice', ids: ['paper', 'test'] })
    expect(accountsAsked(both, 'test')).toEqual({ broker: 'test', ids: ['test'] })
    expect(accountsAsked(both, 'somebody else’s').ids).toEqual([])
    expect(accountsAsked([account('paper', false)], undefined)).toEqual({ broker: 'practice', ids: ['paper'] })
    expect(accountsAsked([], undefined).ids).toEqual([])
  })

  it('is read strictly', () => {
    const fits = (query: object) => statisticsQuery.safeParse(query).success
    expect(fits({ broker: 'real', quote: 'USDT', from: '2026-01-01', to: '2026-12-31' })).toBe(true)
    for (const wrong of [{ broker: 'all' }, { quote: "U'" }, { from: '2026-02-30' }, { to: 'today' }, { days: '3' }])
      expect([wrong, fits(wrong)]).toEqual([wrong, false])
    expect(searchOf({ broker: undefined, quote: 'EUR', from: '2026-01-01' })).toBe('quote=EUR&from=2026-01-01')
  })
})

describe('amounts', () => {
  it('are read with the digits of their asset', () => {
    expect(['USDT', 'FDUSD', 'EUR', 'DAI', 'BTC', 'BNB'].map(decimalsOfQuote)).toEqual([2, 2, 2, 2, 8, 8])
  })
})

describe('days', () => {
  it('are those of the user’s zone, over changes of the clocks and leap years', () => {
    expect(dayOf(Date.UTC(2026, 2, 28, 23, 30), 'Europe/Paris')).toBe('2026-03-29')
    expect(dayOf(Date.UTC(2026, 2, 28, 23, 30), 'UTC')).toBe('2026-03-28')
    expect(periodOf('days7', '2024-03-03')).toEqual({ from: '2024-02-26', to: '2024-03-03' })
    expect(periodOf('lastYear', '2026-11-22')).toEqual({ from: '2025-01-01', to: '2025-12-31' })
    expect(periodOf('all', '2026-11-22')).toEqual({})
    expect(periodOf('custom', '2026-11-22', { from: '2026-01-05' })).toEqual({ from: '2026-01-05' })
  })

  it('stand in weeks from Monday', () => {
    // 1 February 2026 is a Sunday; the month has 28 days.
    const weeks = weeksOf('2026-02')
    expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7])
    expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-02-01'])
    expect(weeks[4]?.[5]).toBe('2026-02-28')
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1)]).toEqual(['2027-01', '2025-12'])
  })
})

describe('a CSV line', () => {
  it('is one a spreadsheet of the language reads', () => {
    const cells = ['a "b"', { number: '1234.5' }, null, { number: null }, 'x,y']
    expect(csvLine(cells, 'fr')).toBe('"a ""b""";1234,5;;;"x,y"\r\n')
    expect(csvLine(cells, 'en')).toBe('"a ""b""",1234.5,,,"x,y"\r\n')
  })

  it('holds no formula, and negative numbers as numbers', () => {
    expect(csvLine(['=1+1', '@x', { number: '-2.5' }], 'fr')).toBe(`"'=1+1";"'@x";-2,5\r\n`)
  })
})
