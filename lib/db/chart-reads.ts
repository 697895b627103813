import { prisma } from '@/lib/db/client'

const OHLC = { openTime: true, open: true, high: true, low: true, close: true } as const

/** The newest candles of a broker's own market, newest first. */
export const listNewestCandles = (brokerId: string, symbol: string, timeframe: string, take: number) =>
  prisma().candle.findMany({
    where: { brokerId, symbol, timeframe },
    orderBy: { closeTime: 'desc' },
    take,
    select: OHLC,
  })

/** The newest candles of the heartbeat, newest first. */
export const listNewestHeartbeatCandles = (symbol: string, timeframe: string, take: number) =>
  prisma().heartbeatCandle.findMany({
    where: { symbol, timeframe },
    orderBy: { closeTime: 'desc' },
    take,
    select: OHLC,
  })

/** Executions of a run since a time, oldest first. */
export const listRunFills = (runId: string, since: Date) =>
  prisma().fill.findMany({
    where: { order: { runId }, tradeTime: { gte: since } },
    orderBy: { tradeTime: 'asc' },
    select: { id: true, tradeTime: true, side: true, price: true, quantity: true },
  })
