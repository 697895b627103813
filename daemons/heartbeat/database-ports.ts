import type { Bus } from '@/lib/bus/bus'
import * as repository from '@/lib/db/heartbeat-repository'
import { toWire } from '@/lib/domain/money/decimal'
import type { Clock } from '@/lib/platform/clock'
import type { ClosedBar, HeartbeatPorts } from '@/daemons/heartbeat/ports'

export interface DatabasePortsOptions {
  bus: Bus
  statusId: number
  role: repository.HeartbeatRole
  clock: Clock
}

/** The heartbeat's ports on PostgreSQL and the bus. */
export function databasePorts({ bus, statusId, role, clock }: DatabasePortsOptions): HeartbeatPorts {
  const tellStatus = () => bus.announce('websockets', { userId: null, event: 'heartbeat.status', payload: {} })
  return {
    storeCandles: (bars) => repository.insertHeartbeatCandles(statusId, role, bars),

    async publishSignal(bar) {
      const message = signalOf(bar, role, clock())
      const symbol = message.symbol.replace('/', '-')
      await bus.publish('candle.closed', message, { jobId: `${message.signalId}_${symbol}_${role}` })
      const { signalId, timeframe, closeTime, isLate } = message
      const payload = {
        signalId,
        symbol: message.symbol,
        timeframe,
        closeTime,
        isLate,
        isRecovered: bar.isRecovered,
        source: role,
      }
      await bus.announce('websockets', { userId: null, event: 'heartbeat.signal', payload })
    },

    publishTick: (tick) =>
      bus.publish('clock.tick', tick, { jobId: `${tick.isMinute ? 'minute' : 'tick'}_${tick.exchangeTime}_${role}` }),

    publishRaw: (messages) => bus.announce('stream_brut', { messages: [...messages] }),

    async recordStatus(change) {
      await repository.updateHeartbeatStatus(statusId, change, clock())
      // The time of the last message changes every few seconds; screens have the stream itself.
      if (change.isConnected !== undefined || change.isCoherent !== undefined) await tellStatus()
    },

    lastCloseTime: (symbol) => repository.findLastHeartbeatCloseTime(symbol),
    storedCandles: (symbol, timeframe, from, to) => repository.listHeartbeatCandles(symbol, timeframe, from, to),

    async recordFlaws(flaws, foundAt) {
      const count = await repository.insertHeartbeatGaps(statusId, flaws, foundAt)
      if (count > 0) await bus.announce('websockets', noticeOf('HEARTBEAT_INCOHERENT'))
      return count
    },

    resolveFilledHoles: (since, resolvedAt) => repository.resolveHeartbeatGaps(statusId, since, resolvedAt),

    async recordAlert(code, detail, occurredAt) {
      await repository.insertHeartbeatAlert(code, detail, occurredAt)
      await bus.announce('websockets', noticeOf(code))
    },
  }
}

const noticeOf = (code: string) => ({ userId: null, event: 'notice.created', payload: { code } })

const signalOf = (bar: ClosedBar, source: repository.HeartbeatRole, publishedAt: number) => {
  const { symbol, timeframe, openTime, closeTime, open, high, low, close, volume } = bar.candle
  return {
    signalId: bar.signalId,
    symbol,
    timeframe,
    openTime,
    closeTime,
    publishedAt,
    source,
    isLate: bar.isLate,
    open: toWire(open),
    high: toWire(high),
    low: toWire(low),
    close: toWire(close),
    volume: toWire(volume),
  }
}
