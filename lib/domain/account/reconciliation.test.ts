import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Amounts,
  type BalanceReading,
  explain,
  reconcile,
  startingPoint,
} from '@/lib/domain/account/reconciliation'
import type { Transfer, TransferKind } from '@/lib/domain/account/transfer'
import { parseDecimal as d, toWire, ZERO } from '@/lib/domain/money/decimal'

const amounts = (of: Record<string, string>): Amounts => new Map(Object.entries(of).map(([k, v]) => [k, d(v)]))

const move = (time: number, of: Record<string, string>) => ({ time, amounts: amounts(of) })

let count = 0
const transfer = (kind: TransferKind, asset: string, amount: string): Transfer => {
  count += 1
  return { exchangeTransferId: `t${count}`, kind, asset, amount: d(amount), time: count, note: 'x', isReturned: false }
}

const reading = (change: Partial<BalanceReading>): BalanceReading => ({
  previous: { actual: amounts({ USDT: '1000' }), counted: new Map() },
  actual: amounts({ USDT: '1000' }),
  readFrom: 0,
  readTo: 0,
  moved: new Map(),
  recent: [],
  transfers: [],
  unit: d('0.00000001'),
  executions: 0,
  ...change,
})

const shown = (found: ReturnType<typeof reconcile>) =>
  found.lines.flatMap(({ asset, explanations }) =>
    explanations.map(({ kind, amount }) => `${asset} ${kind} ${toWire(amount)}`),
  )

describe('what differs', () => {
  it('is nothing when executions and fees account for it', () => {
    // Bought 0.01 BTC for 500 USDT, fee 0.0003 BNB of 1 BNB: 1000 - 500, 0 + 0.01, 1 - 0.0003.
    const found = reconcile(
      reading({
        previous: { actual: amounts({ USDT: '1000', BNB: '1' }), counted: new Map() },
        moved: amounts({ USDT: '-500', BTC: '0.01', BNB: '-0.0003' }),
        actual: amounts({ USDT: '500', BTC: '0.01', BNB: '0.9997' }),
      }),
    )
    expect(shown(found)).toEqual([])
    expect(found.unknown).toBe(0)
  })

  it('is explained by the records of the exchange, each asset by its own', () => {
    const found = reconcile(
      reading({
        actual: amounts({ USDT: '1149', ETH: '2' }),
        transfers: [
          transfer('DEPOSIT', 'USDT', '250'),
          transfer('WITHDRAWAL', 'USDT', '-100'),
          transfer('FEE', 'USDT', '-1'),
          transfer('TRANSFER', 'ETH', '2'),
        ],
      }),
    )
    expect(shown(found)).toEqual(['ETH TRANSFER 2', 'USDT DEPOSIT 250', 'USDT WITHDRAWAL -100', 'USDT FEE -1'])
    expect(found.unknown).toBe(0)
  })

  it('is unknown for what no record tells, beside what they do', () => {
    const found = reconcile(
      reading({ actual: amounts({ USDT: '1257' }), transfers: [transfer('DEPOSIT', 'USDT', '250')] }),
    )
    expect(shown(found)).toEqual(['USDT DEPOSIT 250', 'USDT UNKNOWN 7'])
    expect(found.unknown).toBe(1)
  })

  it('is rounding up to a last digit for each execution', () => {
    const three = { executions: 3, actual: amounts({ USDT: '1000.00000003' }) }
    expect(shown(reconcile(reading(three)))).toEqual(['USDT ROUNDING 0.00000003'])
    const two = { ...three, executions: 2 }
    expect(shown(reconcile(reading(two)))).toEqual(['USDT UNKNOWN 0.00000003'])
  })

  it('leaves alone a record whose funds have not arrived', () => {
    expect(shown(reconcile(reading({ transfers: [transfer('DEPOSIT', 'USDT', '250')] })))).toEqual([])
    expect(
      explain(d('5'), [transfer('DEPOSIT', 'USDT', '250'), transfer('DEPOSIT', 'USDT', '5')], ZERO).map(({ amount }) =>
        toWire(amount),
      ),
    ).toEqual(['5'])
  })

  it('takes a deposit and a withdrawal of the same amount for what they are', () => {
    const both = [transfer('DEPOSIT', 'USDT', '250'), transfer('WITHDRAWAL', 'USDT', '-250')]
    expect(explain(ZERO, both, ZERO).map(({ kind }) => kind)).toEqual(['DEPOSIT', 'WITHDRAWAL'])
  })

  it('is found among many records as well', () => {
    const many = Array.from({ length: 40 }, (_, at) => transfer('DEPOSIT', 'USDT', String(at + 1)))
    // 1 + 2 + ... + 40 = 820.
    expect(explain(d('820'), many, ZERO)).toHaveLength(40)
    // The last one is not there yet: 820 - 40 = 780.
    expect(explain(d('780'), many, ZERO)).toHaveLength(39)
  })
})

describe('executions while the balance is read', () => {
  const buys = ['-10', '-11', '-12'].map((usdt, at) => move(at, { USDT: usdt, BTC: '0.1' }))

  it.each([
    [0, '1000', '0'],
    [1, '990', '0.1'],
    [2, '979', '0.2'],
    [3, '967', '0.3'],
  ])('%i of them in the balance make no difference', (_count, usdt, btc) => {
    const found = reconcile(reading({ recent: buys, actual: amounts({ USDT: usdt, BTC: btc }) }))
    expect(shown(found)).toEqual([])
    // What was passed over now is counted next time.
    const next = reconcile(
      reading({ previous: found.snapshot, recent: buys, actual: amounts({ USDT: '967', BTC: '0.3' }) }),
    )
    expect(shown(next)).toEqual([])
  })

  it('of the same size: those of before the reading are in it', () => {
    const alike = [1, 2, 3, 4].map((time) => move(time, { USDT: '-10', BTC: '0.1' }))
    // Two looks: after the second and after the third. Any two neighbours would fit; the clock tells which they are.
    const first = { actual: amounts({ USDT: '980', BTC: '0.2' }), recent: alike, readFrom: 2.2, readTo: 2.8 }
    const second = { actual: amounts({ USDT: '970', BTC: '0.3' }), recent: alike, readFrom: 3.2, readTo: 3.8 }
    const start = startingPoint(first, { ...second, moved: new Map() })
    expect(start?.counted.get('USDT')?.toFixed()).toBe('-30')
    // One that came while the balance was read is held by it or not: only another look can tell.
    expect(startingPoint({ ...first, readFrom: 1.9 }, { ...second, moved: new Map() })).toBeNull()
  })

  it('do not hide a deposit or an unknown difference', () => {
    const actual = amounts({ USDT: '1229', BTC: '0.2', DOGE: '3' })
    const found = reconcile(reading({ recent: buys, actual, transfers: [transfer('DEPOSIT', 'USDT', '250')] }))
    expect(shown(found)).toEqual(['DOGE UNKNOWN 3', 'USDT DEPOSIT 250'])
  })
})

it('any way of looking at any account makes no difference out of executions', () => {
  const arbitraryMove = fc.record({
    usdt: fc.integer({ min: -99_999, max: 99_999 }),
    btc: fc.integer({ min: -9999, max: 9999 }),
  })
  const toAmounts = (one: { usdt: number; btc: number }) =>
    amounts({ USDT: (one.usdt / 100).toFixed(2), BTC: (one.btc / 10_000).toFixed(4) })
  fc.assert(
    fc.property(fc.array(arbitraryMove, { maxLength: 30 }), fc.array(fc.nat(), { maxLength: 6 }), (moves, cuts) => {
      const balanceAfter = (upTo: number) => {
        const total = { usdt: 1_000_000, btc: 100_000 }
        for (const one of moves.slice(0, upTo)) {
          total.usdt += one.usdt
          total.btc += one.btc
        }
        return toAmounts(total)
      }
      const recent = moves.map((one, time) => ({ time, amounts: toAmounts(one) }))
      const at = (moment: number) => ({ recent, readFrom: moment - 0.7, readTo: moment - 0.3 })
      const moments = cuts.map((cut) => cut % (moves.length + 1)).sort((a, b) => a - b)
      let previous = { actual: balanceAfter(0), counted: new Map() as Amounts }
      // Every execution is close to every moment: the hardest case.
      for (const moment of moments) {
        const found = reconcile(reading({ previous, actual: balanceAfter(moment), ...at(moment) }))
        expect(shown(found)).toEqual([])
        previous = found.snapshot
      }
    }),
  )
})

describe('the first look', () => {
  const first = {
    actual: amounts({ USDT: '990', BTC: '0.1' }),
    recent: [move(1, { USDT: '-10', BTC: '0.1' })],
    readFrom: 2,
    readTo: 3,
  }

  it('is certain when two in a row agree', () => {
    expect(startingPoint(first, { ...first, moved: new Map() })?.actual).toEqual(first.actual)
    const second = {
      actual: amounts({ USDT: '979', BTC: '0.2' }),
      recent: [...first.recent, move(4, { USDT: '-11', BTC: '0.1' })],
      readFrom: 5,
      readTo: 6,
      moved: new Map(),
    }
    expect(startingPoint(first, second)?.counted.get('USDT')?.toFixed()).toBe('-21')
  })

  it('is not when something else moved the account', () => {
    const second = { ...first, actual: amounts({ USDT: '991', BTC: '0.1' }), moved: new Map() }
    expect(startingPoint(first, second)).toBeNull()
  })
})
