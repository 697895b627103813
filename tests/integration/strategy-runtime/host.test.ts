import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Candle } from '@/lib/domain/market/candle'
import { fromNumber, parseDecimal as d } from '@/lib/domain/money/decimal'
import type { EvaluationInput, StrategyHost } from '@/lib/domain/strategy/evaluation'
import { createStrategyHost } from '@/lib/strategy-runtime/host'
import { SAMPLE_STRATEGY } from '@/lib/use-cases/sample-strategy'

let host: StrategyHost
beforeAll(() => {
  host = createStrategyHost({ timeoutMs: 800 })
})
afterAll(() => host.close())

const candles = (closes: number[]): Candle[] =>
  closes.map((close, index) => ({
    symbol: 'BTC/USDT',
    timeframe: '1m',
    openTime: index * 60_000,
    closeTime: (index + 1) * 60_000,
    open: fromNumber(close),
    high: fromNumber(close + 1),
    low: fromNumber(close - 1),
    close: fromNumber(close),
    volume: fromNumber(1),
    tradeCount: 1,
    isClosed: true,
  }))
const flat = Array.from({ length: 200 }, () => 100)
const ask = (code: string, change: Partial<EvaluationInput> = {}) =>
  host.evaluate({ runId: 'test', code, candles: candles(flat), balance: d('1000'), position: null, ...change })
const strategy = (body: string) => `export default class Test extends Strategy {\n${body}\n}`
const enter = (size: string, stop = '0.01', target = '0.02') =>
  strategy(
    `shouldLong() { return true } calculatePositionSize() { return ${size} } calculateStopLoss() { return ${stop} } calculateTakeProfit() { return ${target} }`,
  )

describe('decisions', () => {
  it('lets the sample strategy enter on the crossing and leave on the crossing back', async () => {
    const rising = await ask(SAMPLE_STRATEGY.code, { candles: candles([...flat, 99, 101]) })
    expect(rising).toMatchObject({ isDecided: true, decision: { kind: 'ENTER' } })
    if (rising.isDecided && rising.decision.kind === 'ENTER') {
      expect(rising.decision.quoteQuantity.toFixed()).toBe('100')
      expect(rising.decision.stopLoss.toFixed()).toBe('0.01')
    }
    expect(await ask(SAMPLE_STRATEGY.code, { candles: candles([...flat, 99, 101, 103]) })).toMatchObject({
      decision: { kind: 'HOLD' },
    })
    const position = { quantity: d('1'), entryPrice: d('100'), stopLoss: null, takeProfit: null, openedAt: 0 }
    expect(await ask(SAMPLE_STRATEGY.code, { candles: candles([...flat, 101, 99]), position })).toMatchObject({
      decision: { kind: 'EXIT' },
    })
  })

  it('is the same at every run: no clock, no chance', async () => {
    const code = strategy('shouldLong() { this.log(Date.now(), Math.random(), new Date().getTime()); return false }')
    const [first, second] = [await ask(code), await ask(code)]
    expect(first).toEqual(second)
    expect(first).toMatchObject({ log: [expect.stringContaining(String(200 * 60_000))] })
  })

  it('sees closed candles only, back to the first', async () => {
    const code = strategy(
      'shouldLong() { this.log(this.candles.length, this.candles.at(0).close, this.candles.at(199).close, this.candle.time); this.candles.at(200); return true }',
    )
    expect(await ask(code)).toMatchObject({
      isDecided: false,
      fault: { kind: 'RUNTIME', message: expect.stringContaining('no candle 200 back') as string, line: 2 },
    })
    expect(await ask(strategy('shouldLong() { return this.candles.at(-1) }'))).toMatchObject({
      fault: { kind: 'RUNTIME' },
    })
  })
})

describe('faults', () => {
  it.each([
    ['a syntax error', 'export default class A extends Strategy {\n  fast = ;\n}', 'COMPILE', 2],
    ['an import', "import fs from 'fs'\nexport default class A extends Strategy {}", 'COMPILE', 1],
    ['a dynamic import', strategy("shouldLong() { import('fs'); return false }"), 'COMPILE', 2],
    ['no class', 'const a = 1', 'COMPILE', 1],
    ['an enum', `enum A { B }\n${strategy('')}`, 'COMPILE', 1],
    ['async code', strategy('async shouldLong() { return true }'), 'COMPILE', 2],
    ['a class that is no strategy', 'export default class A {}', 'RUNTIME', null],
    ['a fault at run time', strategy('\n\nshouldLong(): boolean { return (null as any).x }'), 'RUNTIME', 4],
    ['an indicator made too late', strategy('shouldLong() { return this.ta.ema(3).value > 1 }'), 'RUNTIME', 2],
  ])('%s is named with its line', async (_, code, kind, line) => {
    expect(await ask(code)).toMatchObject({ isDecided: false, fault: { kind, line } })
  })

  it.each([
    ['too much', enter('this.balance * 2'), '2000'],
    ['nothing', enter('0'), '0'],
    ['no number', enter('"many"'), 'many'],
    ['not a number', enter('NaN'), 'null'],
    ['a stop above all', enter('10', '1.5'), 'calculateStopLoss'],
    ['a target of nothing', enter('10', '0.1', '0'), 'calculateTakeProfit'],
  ])('an entry with %s is refused', async (_, code, text) => {
    expect(await ask(code)).toMatchObject({
      isDecided: false,
      fault: { kind: 'INVALID_ANSWER', message: expect.stringContaining(text) as string },
    })
  })

  it('a hanging strategy ends alone: twenty others answer meanwhile', async () => {
    const order: string[] = []
    const hang = ask(strategy('shouldLong() { for (;;); }')).finally(() => order.push('hanging'))
    const others = await Promise.all(
      Array.from({ length: 20 }, () => ask(SAMPLE_STRATEGY.code).finally(() => order.push('other'))),
    )
    expect(others.every((each) => each.isDecided)).toBe(true)
    expect(await hang).toMatchObject({ isDecided: false, fault: { kind: 'TIMEOUT' } })
    expect(order.at(-1)).toBe('hanging')
    expect(await ask(SAMPLE_STRATEGY.code)).toMatchObject({ isDecided: true })
  })

  it.each([
    ['heap', 'const a = []; for (;;) a.push(new Array(100000).fill(1.5))'],
    ['buffers', 'const a = []; for (;;) a.push(new Uint8Array(5e7).fill(1))'],
    ['builtin loop', 'return [].indexOf.call({ length: 2 ** 53 - 1 }, 1) > 0'],
    ['regex', "return /^(a+)+$/.test('a'.repeat(45) + 'b')"],
    ['microtasks', '(function f() { Promise.resolve().then(f) })(); return false'],
  ])('a bomb of %s ends only itself', async (_, body) => {
    const result = await ask(strategy(`shouldLong() { ${body} }`))
    expect(result).toMatchObject(_ === 'microtasks' ? {} : { isDecided: false })
    expect(await ask(SAMPLE_STRATEGY.code)).toMatchObject({ isDecided: true })
  })
})
