import type { CandleClosed } from '@/lib/bus/messages'
import { closeDecision, type DecisionResult, openDecision } from '@/lib/db/decision-repository'
import { type EngineRun, findDueRuns, recordRunResult, requestExit } from '@/lib/db/due-run-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import { findLiveOfPosition, isBehind } from '@/lib/db/order-repository'
import { ensurePosition, findPositionOfRun, type PositionRow } from '@/lib/db/position-repository'
import { inTransaction, refusedBy } from '@/lib/db/transaction'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { ZERO } from '@/lib/domain/money/decimal'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { applyMarketRules } from '@/lib/domain/order/rules'
import { isLate } from '@/lib/domain/signal/candle-closed'
import type { Decision, StrategyHost } from '@/lib/domain/strategy/evaluation'
import { sleep } from '@/lib/platform/clock'
import { newClientOrderId } from '@/lib/platform/ids'
import { advanceRun, confirmUnchanged, Overtaken } from '@/lib/use-cases/advance-run'
import type { RunEngine } from '@/lib/use-cases/run-engine'
import { type HistoryReader, LEAST_HISTORY } from '@/lib/use-cases/candle-history'
import type { FundsReader } from '@/lib/use-cases/free-funds'
import { placeOrder } from '@/lib/use-cases/place-order'

export interface SignalEngine extends RunEngine {
  fundsOf: FundsReader
  historyOf: HistoryReader
  host: StrategyHost
}

const ASK_AGAIN_FOR_MS = 8000
const ASK_AGAIN_AFTER_MS = 500
/** Constraints that refuse a second entry: another process, or another signal, was first. */
const TAKEN = new Set(['trades_one_live_purpose', 'trades_one_entry_per_decision'])
const IS_OPEN = 'A position or an order of this strategy is open already.'
/** An entry is not sent later than this after it was decided. */
const SEND_WITHIN_MS = 15_000

async function freeQuote(engine: SignalEngine, run: EngineRun, quoteAsset: string) {
  const balances = await engine.fundsOf(run.brokerId)
  return balances.find((balance) => balance.asset === quoteAsset)?.free ?? ZERO
}

/** Places what was decided, in the transaction that closes the decision. Returns the result that was written. */
async function act(
  engine: SignalEngine,
  run: EngineRun,
  decisionId: string,
  signalId: string,
  decision: Decision,
  position: PositionRow | null,
): Promise<DecisionResult> {
  const done: DecisionResult = { outcome: 'DONE', reason: decision.reason, decision }
  const now = engine.clock()
  const isHolding = position !== null && position.quantity.gt(0)
  const close = async (result: DecisionResult): Promise<DecisionResult> => {
    await inTransaction(async (tx) => {
      if (!(await closeDecision(tx, decisionId, result, now))) return
      await recordRunResult(tx, run.id, signalId, null, now)
      if (decision.kind === 'EXIT' && isHolding) await requestExit(tx, run.id, decision.reason, now)
    })
    return result
  }
  if (decision.kind !== 'ENTER') return close(done)
  const live = position === null ? [] : await findLiveOfPosition(position.id)
  if (isHolding || live.length > 0 || (position !== null && (await isBehind(position.id))))
    return close({ ...done, outcome: 'SKIPPED', reason: IS_OPEN })
  const instrument = await findInstrument(run.brokerId, run.symbol)
  if (instrument === null)
    return close({ ...done, outcome: 'FAILED', reason: `The exchange does not list ${run.symbol}.` })

  let draft: OrderDraft
  try {
    const request = applyMarketRules(
      {
        clientOrderId: newClientOrderId(),
        symbol: run.symbol,
        side: 'BUY',
        type: 'MARKET',
        quoteQuantity: decision.quoteQuantity,
      },
      instrument,
    )
    const owner = { userId: run.userId, brokerId: run.brokerId, symbol: run.symbol, runId: run.id }
    draft = {
      ...request,
      ...owner,
      source: 'STRATEGY',
      purpose: 'ENTRY',
      strategyId: run.strategyId,
      decisionId,
      positionId: await inTransaction((tx) => ensurePosition(tx, owner)),
      correlationId: `${signalId}-${run.id.slice(0, 8)}`,
      sendBefore: now + SEND_WITHIN_MS,
    }
  } catch (error) {
    if (error instanceof TradingError) return close({ ...done, outcome: 'FAILED', reason: error.message })
    throw error
  }
  await placeOrder({ bus: engine.bus, now }, draft, async (tx) => {
    if (!(await closeDecision(tx, decisionId, done, now))) throw new Overtaken('another process decided')
    await confirmUnchanged(tx, { id: draft.positionId, quantity: ZERO }, [draft.clientOrderId])
    await recordRunResult(tx, run.id, signalId, null, now)
  })
  return done
}

/** Closes a decision that leads to no order. One that another process closed is left as it is. */
const closeWith = (
  engine: SignalEngine,
  run: EngineRun,
  signal: RunSignal,
  decisionId: string,
  result: DecisionResult,
  error: string | null,
): Promise<void> =>
  inTransaction(async (tx) => {
    if (await closeDecision(tx, decisionId, result, engine.clock()))
      await recordRunResult(tx, run.id, signal.signalId, error, engine.clock())
  })

async function decideRun(
  engine: SignalEngine,
  run: EngineRun,
  signal: RunSignal,
  decisionId: string,
): Promise<DecisionResult> {
  const instrument = await findInstrument(run.brokerId, run.symbol)
  const [candles, balance, position] = await Promise.all([
    engine.historyOf(run, signal.closeTime),
    freeQuote(engine, run, instrument?.quoteAsset ?? ''),
    findPositionOfRun(run.id),
  ])
  const finish = async (result: DecisionResult, error: string | null): Promise<DecisionResult> => {
    await closeWith(engine, run, signal, decisionId, result, error)
    return result
  }
  if (candles === null)
    return finish({ outcome: 'SKIPPED', reason: `Fewer than ${LEAST_HISTORY} candles without a hole are known.` }, null)
  const holding = position?.quantity.gt(0) === true ? position : null
  const evaluation = await engine.host.evaluate({
    runId: run.id,
    code: run.code,
    candles,
    balance,
    position: holding && {
      quantity: holding.quantity,
      entryPrice: holding.averageEntryPrice,
      stopLoss: holding.stopLoss,
      takeProfit: holding.takeProfit,
      openedAt: holding.openedAt?.getTime() ?? signal.closeTime,
    },
  })
  if (!evaluation.isDecided) {
    const { fault } = evaluation
    const where = fault.line === null ? '' : ` (line ${fault.line})`
    return finish({ outcome: 'FAILED', reason: fault.message, fault }, `${fault.message}${where}`)
  }
  // Time may have passed while the strategy thought.
  if (isLate(signal.timeframe, signal.closeTime, engine.clock()))
    return finish({ outcome: 'SKIPPED', reason: 'The decision came too late.' }, null)
  return act(engine, run, decisionId, signal.signalId, evaluation.decision, position)
}

/** An exchange or gateway that does not answer is asked again for a while: a hiccup must not cost an entry or an exit. */
async function decidePatiently(
  engine: SignalEngine,
  run: EngineRun,
  signal: RunSignal,
  decisionId: string,
): Promise<DecisionResult> {
  const giveUpAt = engine.clock() + ASK_AGAIN_FOR_MS
  for (;;) {
    try {
      return await decideRun(engine, run, signal, decisionId)
    } catch (error) {
      if (!(error instanceof TradingError) || !error.isRetryable || engine.clock() > giveUpAt) throw error
      engine.log.warn({ runId: run.id, reason: error.message }, 'asked again')
      await sleep(ASK_AGAIN_AFTER_MS)
    }
  }
}

/** What a run needs to know of a signal. */
export type RunSignal = Pick<CandleClosed, 'signalId' | 'timeframe' | 'closeTime' | 'isLate'>

/** Asks one run, unless it has decided on this signal before. */
export async function evaluateRun(engine: SignalEngine, run: EngineRun, signal: RunSignal): Promise<void> {
  const { id, isPending } = await openDecision(run.id, signal.signalId, signal.closeTime)
  if (!isPending) return
  const log = engine.log.child({ runId: run.id, correlationId: `${signal.signalId}-${run.id.slice(0, 8)}` })
  const now = engine.clock()
  let result: DecisionResult
  if (signal.isLate || isLate(signal.timeframe, signal.closeTime, now)) {
    result = { outcome: 'SKIPPED', reason: 'The signal came too late to be traded on.' }
    await inTransaction((tx) => closeDecision(tx, id, result, now))
  } else {
    try {
      result = await decidePatiently(engine, run, signal, id)
    } catch (error) {
      const isTaken = error instanceof Overtaken || TAKEN.has(refusedBy(error) ?? '')
      const reason = error instanceof Error ? error.message : String(error)
      result = isTaken ? { outcome: 'SKIPPED', reason: IS_OPEN } : { outcome: 'FAILED', reason }
      await closeWith(engine, run, signal, id, result, isTaken ? null : reason)
    }
  }
  log.info({ outcome: result.outcome, kind: result.decision?.kind, reason: result.reason }, 'decision')
  void engine.bus.announce('websockets', { userId: run.userId, event: 'run.changed', payload: { runId: run.id } })
  if (result.decision?.kind === 'EXIT') await advanceRun(engine, run.id)
}

/** Asks every run that is due on this signal, all at once. One that fails or hangs delays no other. */
export async function evaluateSignal(engine: SignalEngine, signal: CandleClosed): Promise<void> {
  const runs = await findDueRuns(signal.symbol, signal.timeframe, engine.clock())
  const results = await Promise.allSettled(runs.map((run) => evaluateRun(engine, run, signal)))
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ runId: runs[index]?.id, reason: String(result.reason) }] : [],
  )
  // The queue brings the signal again; runs that have decided are not asked twice.
  if (failed.length > 0) throw new Error(`runs could not be evaluated: ${JSON.stringify(failed)}`)
}
