import { listRunRows, type PairRules, type RunRow, readPairRules } from '@/lib/db/run-reads'
import { isTimeframe } from '@/lib/domain/market/timeframe'
import { type PositionView, type RunView, runStateOf } from '@/lib/view/run'
import { orderView } from '@/lib/use-cases/order-view'
import { decimalsOf } from '@/lib/view/format-amount'

function positionOf(row: RunRow['positions'][number] | undefined): PositionView | null {
  if (row === undefined || row.quantity.isZero()) return null
  return {
    quantity: row.quantity.toFixed(),
    averageEntryPrice: row.averageEntryPrice.toFixed(),
    cost: row.cost.toFixed(),
    currentPrice: row.currentPrice?.toFixed() ?? null,
    stopLoss: row.stopLoss?.toFixed() ?? null,
    takeProfit: row.takeProfit?.toFixed() ?? null,
    openedAt: row.openedAt?.getTime() ?? null,
  }
}

function decisionOf(row: RunRow['decisions'][number] | undefined): RunView['lastDecision'] {
  if (row === undefined) return null
  const { kind, outcome, reason, error, errorLine, signaledAt } = row
  return { kind, outcome, reason, error, errorLine, signaledAt: signaledAt.getTime() }
}

function runOf(row: RunRow, rules: PairRules | undefined, now: number): RunView[] {
  if (!isTimeframe(row.timeframe)) return []
  const [base = row.symbol, quote = ''] = row.symbol.split('/')
  const period = { isActive: row.isActive, startsAt: row.startsAt.getTime(), endsAt: row.endsAt.getTime() }
  const [position] = row.positions
  return [
    {
      id: row.id,
      strategyName: row.strategy.name,
      brokerName: row.broker.name,
      environment: row.broker.environment,
      // The stream is Binance's main market; the testnet and other exchanges have prices of their own.
      isStreamed: row.broker.exchangeId === 'binance' && row.broker.environment !== 'TESTNET',
      symbol: row.symbol,
      baseAsset: rules?.baseAsset ?? base,
      quoteAsset: rules?.quoteAsset ?? quote,
      priceDecimals: rules === undefined ? 2 : decimalsOf(rules.tickSize),
      quantityDecimals: rules === undefined ? 8 : decimalsOf(rules.stepSize),
      timeframe: row.timeframe,
      startsAt: period.startsAt,
      endsAt: period.endsAt,
      state: runStateOf(period, now),
      exitRequestedAt: row.exitRequestedAt?.getTime() ?? null,
      position: positionOf(position),
      realizedPnl: position?.realizedPnl.toFixed() ?? '0',
      closedTrips: position?._count.roundTrips ?? 0,
      orders: row.orders.map(orderView),
      lastDecision: decisionOf(row.decisions[0]),
      lastError: row.lastError === null ? null : { text: row.lastError, at: row.lastErrorAt?.getTime() ?? null },
    },
  ]
}

/** The user's runs with state, position, orders and last decision: those at work first, then the newest finished ones. */
export async function listRuns(userId: string, now: number): Promise<RunView[]> {
  const rows = await listRunRows(userId, new Date(now))
  if (rows.length === 0) return []
  const rules = await readPairRules(rows)
  return rows.flatMap((row) => runOf(row, rules.get(`${row.brokerId} ${row.symbol}`), now))
}
