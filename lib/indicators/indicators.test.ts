import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Atr } from '@/lib/indicators/atr'
import { Bollinger } from '@/lib/indicators/bollinger'
import { Ema } from '@/lib/indicators/ema'
import { Macd } from '@/lib/indicators/macd'
import { Rsi } from '@/lib/indicators/rsi'
import { Sma } from '@/lib/indicators/sma'

const feed = (indicator: { update(x: number): void; value: number }, values: number[]): number[] =>
  values.map((x) => {
    indicator.update(x)
    return indicator.value
  })

describe('indicators by hand', () => {
  it('averages', () => {
    expect(feed(new Sma(3), [1, 2, 3, 4, 5])).toEqual([Number.NaN, Number.NaN, 2, 3, 4])
    // Seed (1+2+3)/3 = 2; then 2 + 0.5 * (4 - 2) = 3; 3 + 0.5 * (8 - 3) = 5.5
    expect(feed(new Ema(3), [1, 2, 3, 4, 8])).toEqual([Number.NaN, Number.NaN, 2, 3, 5.5])
  })

  it('rsi of gains 1, 1, 1 and a loss of 1, length 3', () => {
    // Mean gain 1, mean loss 0: 100. Then gain (1*2+0)/3 = 2/3, loss (0*2+1)/3 = 1/3: 66.67.
    const values = feed(new Rsi(3), [1, 2, 3, 4, 3])
    expect(values[3]).toBe(100)
    expect(values[4]).toBeCloseTo(66.6667, 3)
    expect(feed(new Rsi(2), [5, 5, 5, 5]).at(-1)).toBeNaN()
  })

  it('bands around a flat line have no width', () => {
    const bands = new Bollinger(3, 2)
    for (const x of [7, 7, 7]) bands.update(x)
    expect([bands.lower.value, bands.middle.value, bands.upper.value]).toEqual([7, 7, 7])
  })

  it('does not drift in a long window sum', () => {
    const sma = new Sma(20)
    for (let i = 0; i < 200_000; i++) sma.update(i % 2 === 0 ? 1e9 : 0.1)
    for (let i = 0; i < 40; i++) sma.update(0.1)
    expect(sma.value).toBeCloseTo(0.1, 9)
  })

  it('refuses lengths that make no sense', () => {
    expect(() => new Ema(0)).toThrow('above 0')
    expect(() => new Sma(1.5)).toThrow('above 0')
    expect(() => new Macd(26, 12)).toThrow('shorter')
  })
})

const folder = '../shared/fixtures/indicators'
const load = (name: string): never =>
  JSON.parse(gunzipSync(readFileSync(`${folder}/${name}.json.gz`)).toString()) as never
type Reference = Record<string, { variants: { default: { outputs: Record<string, (number | null)[]> } } }>

describe.skipIf(!existsSync(`${folder}/candles.json.gz`))(
  'indicators against the recorded values of pandas-ta-classic (skipped where those are absent)',
  () => {
    const check = (values: number[], reference: (number | null)[] | undefined, earlier = 0): void => {
      const known = reference ?? []
      let compared = 0
      for (const [index, expected] of known.entries()) {
        const actual = values[index]
        if (expected === null) {
          expect(actual).toBeNaN()
          continue
        }
        // pandas-ta seeds Wilder's averages one value earlier than the definition.
        if (actual === undefined || Number.isNaN(actual)) {
          expect(++compared).toBeLessThanOrEqual(earlier)
          continue
        }
        expect(Math.abs(actual - expected) / Math.max(1e-6, Math.abs(expected))).toBeLessThan(1e-9)
      }
      expect(known.length).toBeGreaterThan(400)
    }

    it('agrees', () => {
      const { columns, rows }: { columns: string[]; rows: number[][] } = load('candles')
      const column = (name: string): number[] => rows.map((row) => row[columns.indexOf(name)] ?? Number.NaN)
      const [high, low, close] = [column('high'), column('low'), column('close')]
      const overlap: Reference = load('overlap')
      const momentum: Reference = load('momentum')
      const volatility: Reference = load('volatility')
      check(feed(new Ema(10), close), overlap['ema']?.variants.default.outputs['EMA_10'])
      check(feed(new Sma(10), close), overlap['sma']?.variants.default.outputs['SMA_10'])
      check(feed(new Rsi(), close), momentum['rsi']?.variants.default.outputs['RSI_14'], 1)
      const atr = new Atr()
      check(
        close.map((c, i) => (atr.update(high[i] ?? 0, low[i] ?? 0, c), atr.value)),
        volatility['atr']?.variants.default.outputs['ATRr_14'],
        1,
      )
      const macd = new Macd()
      const lines = close.map((c) => (macd.update(c), [macd.macd.value, macd.signal.value, macd.histogram.value]))
      for (const [i, name] of ['MACD_12_26_9', 'MACDs_12_26_9', 'MACDh_12_26_9'].entries())
        check(
          lines.map((line) => line[i] ?? 0),
          momentum['macd']?.variants.default.outputs[name],
        )
      const bands = new Bollinger(5, 2)
      const widths = close.map((c) => (bands.update(c), [bands.lower.value, bands.middle.value, bands.upper.value]))
      for (const [i, name] of ['BBL_5_2.0', 'BBM_5_2.0', 'BBU_5_2.0'].entries())
        check(
          widths.map((line) => line[i] ?? 0),
          volatility['bbands']?.variants.default.outputs[name],
        )
    })
  },
)
