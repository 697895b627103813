import { describe, expect, it } from 'vitest'
import { changedLevels } from './market-streams'
import { parseStream } from './stream-name'

describe('the diff depth stream', () => {
  it('tells new and changed levels, and those that are gone as zero', () => {
    const before: [string, string][] = [
      ['10', '1'],
      ['9', '2'],
      ['8', '3'],
    ]
    const after: [string, string][] = [
      ['10', '1'],
      ['9', '5'],
      ['7', '4'],
    ]
    expect(changedLevels(before, after)).toEqual([
      ['9', '5'],
      ['7', '4'],
      ['8', '0.00000000'],
    ])
  })
})

describe('stream names', () => {
  it('are read by their parts', () => {
    expect(parseStream('btcusdt@aggTrade')).toEqual({ kind: 'aggTrade', symbol: 'BTCUSDT' })
    expect(parseStream('btcusdt@kline_4h')).toEqual({ kind: 'kline', symbol: 'BTCUSDT', interval: '4h' })
    expect(parseStream('btcusdt@depth20@100ms')).toEqual({ kind: 'partialDepth', symbol: 'BTCUSDT', levels: 20 })
    expect(parseStream('btcusdt@depth')).toEqual({ kind: 'depth', symbol: 'BTCUSDT' })
  })

  it.each(['btcusdt', '@trade', 'btcusdt@kline_10m', 'btcusdt@nothing', ''])('%j names no stream', (name) => {
    expect(parseStream(name)).toBeNull()
  })
})
