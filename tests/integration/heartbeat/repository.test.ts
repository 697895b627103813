import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as repository from '@/lib/db/heartbeat-repository'
import { closePool, pgPool } from '@/lib/db/pool'
import type { Candle } from '@/lib/domain/market/candle'
import type { Timeframe } from '@/lib/domain/market/timeframe'
import { TIMEFRAME_MS } from '@/lib/domain/market/timeframe'
import { parseDecimal as d } from '@/lib/domain/money/decimal'

// The heartbeat's rows on a real PostgreSQL. The pair is one that nothing else uses.
const symbol = 'HBTEST/USDT'
const T = Date.UTC(2026, 0, 1)
const M = 60_000

const bar = (
  openTime: number,
  close = '10.000000000000000001',
  timeframe: Timeframe = '1m',
): repository.HeartbeatCandleRow => {
  const candle: Candle = {
    symbol,
    timeframe,
    openTime,
    closeTime: openTime + TIMEFRAME_MS[timeframe],
    open: d('9'),
    high: d('11'),
    low: d('8'),
    close: d(close),
    volume: d('12345678901234567.000000000000000001'),
    tradeCount: 3,
    isClosed: true,
  }
  return {
    candle,
    signalId: `${timeframe}_${candle.closeTime}`,
    receivedAt: T,
    publishedAt: undefined,
    isRecovered: false,
    isLate: false,
  }
}
const statusRow = async (id: number) => {
  const { rows } = await pgPool().query<Record<string, unknown>>('SELECT * FROM heartbeat_status WHERE id = $1', [id])
  return rows[0]
}
const clean = async () => {
  await pgPool().query('DELETE FROM candles_heartbeat WHERE symbol = $1', [symbol])
  await pgPool().query('DELETE FROM heartbeat_gaps WHERE symbol = $1', [symbol])
}

let id: number
beforeAll(async () => {
  await clean()
  id = await repository.recordHeartbeatStart({
    role: 'SECONDARY',
    symbols: [symbol],
    marketSource: 'SYNTHETIC',
    startedAt: T,
  })
})
afterAll(async () => {
  await clean()
  await closePool()
})

describe('heartbeat_status', () => {
  it('keeps one row from one start to the next', async () => {
    await repository.updateHeartbeatStatus(id, { isConnected: true, lastError: 'cut', lastMessageAt: T + 5 }, T + 5)
    await repository.updateHeartbeatStatus(id, { isCoherent: false }, T + 6)
    expect(await statusRow(id)).toMatchObject({
      is_connected: true,
      is_coherent: false,
      last_error: 'cut',
      last_message_at: new Date(T + 5),
    })
    await repository.updateHeartbeatStatus(id, { lastError: null }, T + 7)
    await repository.recordHeartbeatStop(id, T + 8)
    expect(await statusRow(id)).toMatchObject({
      is_connected: false,
      last_error: null,
      last_application_stop: new Date(T + 8),
    })
    const again = { role: 'SECONDARY' as const, symbols: [symbol], marketSource: 'LIVE', startedAt: T + 9 }
    expect(await repository.recordHeartbeatStart(again)).toBe(id)
    expect(await statusRow(id)).toMatchObject({
      is_coherent: true,
      market_source: 'LIVE',
      last_application_start: new Date(T + 9),
    })
  })
})

describe('candles_heartbeat', () => {
  it('writes exactly, once, and keeps what was written first', async () => {
    await repository.insertHeartbeatCandles(id, 'SECONDARY', [bar(T), bar(T + M)])
    await repository.insertHeartbeatCandles(id, 'SECONDARY', [bar(T + M, '8.5'), bar(T + 2 * M)])
    await repository.insertHeartbeatCandles(id, 'SECONDARY', [])
    const read = await repository.listHeartbeatCandles(symbol, '1m', T, T + 3 * M)
    expect(read.map((candle) => candle.openTime)).toEqual([T, T + M, T + 2 * M])
    expect(read.map((candle) => candle.close.toFixed())).toEqual(Array(3).fill('10.000000000000000001'))
    expect(read[0]?.volume.toFixed()).toBe('12345678901234567.000000000000000001')
    expect(await repository.findLastHeartbeatCloseTime(symbol)).toBe(T + 3 * M)
    expect(await repository.listHeartbeatCandles(symbol, '1m', T + M, T + 2 * M)).toHaveLength(1)
  })

  it('refuses an impossible bar', async () => {
    const wrong = bar(T + 9 * M, '999')
    await expect(repository.insertHeartbeatCandles(id, 'SECONDARY', [wrong])).rejects.toThrow(/candles_heartbeat_shape/)
  })
})

it('notes flaws once, alerts, and resolves the holes that were filled', async () => {
  const series = { symbol, timeframe: '1m' as const }
  const hole = { ...series, closeTime: T + 21 * M, kind: 'HOLE' as const, detail: 'no bar is stored' }
  const wrong = { ...series, closeTime: T + 22 * M, kind: 'DISAGREEMENT' as const, detail: 'close 1 instead of 2' }
  expect(await repository.insertHeartbeatGaps(id, [hole, wrong], T)).toBe(2)
  expect(await repository.insertHeartbeatGaps(id, [hole], T)).toBe(0)
  expect(await repository.resolveHeartbeatGaps(id, T, T)).toBe(2)
  await repository.insertHeartbeatCandles(id, 'SECONDARY', [bar(T + 20 * M)])
  expect(await repository.resolveHeartbeatGaps(id, T, T)).toBe(1)
  expect(await repository.resolveHeartbeatGaps(id, T + 22 * M, T)).toBe(0)
  const { rows } = await pgPool().query(
    `SELECT detail FROM alerts WHERE code = 'HEARTBEAT_INCOHERENT' ORDER BY id DESC LIMIT 1`,
  )
  expect(rows).toEqual([{ detail: { count: 2, symbols: symbol } }])
})
