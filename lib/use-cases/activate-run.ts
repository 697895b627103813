import { z } from 'zod'
import { listBrokersWithPairs } from '@/lib/db/status-reads'
import { ownsStrategy } from '@/lib/db/strategy-repository'
import { createRun } from '@/lib/db/strategy-run-repository'
import { isTradableSymbol } from '@/lib/db/symbol-reads'
import { TIMEFRAMES } from '@/lib/domain/market/timeframe'
import { fromFieldTime } from '@/lib/view/format-time'
import type { RunAnswer, RunInput } from '@/lib/view/run-form'

const schema = z.object({
  strategyId: z.uuid(),
  brokerId: z.uuid(),
  symbol: z.string().min(3).max(40),
  timeframe: z.enum(TIMEFRAMES),
  start: z.string().nullable(),
  end: z.string(),
})

const refuse = (reason: Extract<RunAnswer, { isDone: false }>['reason']): RunAnswer => ({ isDone: false, reason })

/** Activates a strategy on a broker's pair. Writes the row only: the engine acts on it at the next signal. */
export async function activateRun(userId: string, input: RunInput, now: number): Promise<RunAnswer> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) return refuse('INPUT')
  const { strategyId, brokerId, symbol, timeframe } = parsed.data
  const startsAt = parsed.data.start === null ? now : fromFieldTime(parsed.data.start)
  const endsAt = fromFieldTime(parsed.data.end)
  if (startsAt === null || endsAt === null || endsAt <= startsAt || endsAt <= now) return refuse('PERIOD')
  if (!(await ownsStrategy(userId, strategyId))) return refuse('STRATEGY_UNKNOWN')
  const broker = (await listBrokersWithPairs(userId, new Date(now))).find((candidate) => candidate.id === brokerId)
  if (broker === undefined) return refuse('BROKER_UNKNOWN')
  if (broker.tradingType !== 'STRATEGY') return refuse('BROKER_NOT_FOR_STRATEGIES')
  if (!(await isTradableSymbol(brokerId, symbol))) return refuse('SYMBOL_UNKNOWN')
  const runId = await createRun({ userId, strategyId, brokerId, symbol, timeframe, startsAt, endsAt })
  return runId === null ? refuse('RUN_LIMIT') : { isDone: true, runId }
}
