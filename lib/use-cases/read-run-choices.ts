import { listBrokersWithPairs } from '@/lib/db/status-reads'
import { listStrategies } from '@/lib/db/strategy-repository'
import { isTimeframe } from '@/lib/domain/market/timeframe'
import { toFieldTime } from '@/lib/view/format-time'
import type { RunChoices } from '@/lib/view/run-form'

/** What the user can activate and where; the period proposed is from now for one year. */
export async function readRunChoices(userId: string, now: number): Promise<RunChoices> {
  const [strategies, brokers] = await Promise.all([listStrategies(userId), listBrokersWithPairs(userId, new Date(now))])
  const end = new Date(now)
  end.setUTCFullYear(end.getUTCFullYear() + 1)
  return {
    strategies: strategies.map(({ id, name, description, timeframe }) => ({
      id,
      name,
      description,
      timeframe: isTimeframe(timeframe) ? timeframe : '1m',
    })),
    brokers: brokers.map(({ id, name, exchangeId, environment, tradingType }) => ({
      id,
      name,
      exchangeId,
      environment,
      isForStrategies: tradingType === 'STRATEGY',
    })),
    defaultStart: toFieldTime(now),
    defaultEnd: toFieldTime(end.getTime()),
  }
}
