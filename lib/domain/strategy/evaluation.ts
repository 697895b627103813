import type { Candle } from '@/lib/domain/market/candle'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'

/** What a strategy answers to a closed candle. Stop and target are fractions of the entry price (0.02 is 2 %). */
export type Decision =
  | { kind: 'ENTER'; quoteQuantity: Amount; stopLoss: Amount; takeProfit: Amount; reason: string }
  | { kind: 'EXIT'; reason: string }
  | { kind: 'HOLD'; reason: string }

/** The open position as a strategy sees it. */
interface StrategyPosition {
  quantity: Amount
  entryPrice: Amount
  stopLoss: Amount | null
  takeProfit: Amount | null
  openedAt: EpochMs
}

export interface EvaluationInput {
  /** Names the run in logs; the same run may be evaluated again with the same answer. */
  runId: string
  /** The strategy's TypeScript source. */
  code: string
  /** Closed candles only, oldest first, without holes; the last one is the one decided on. */
  candles: Candle[]
  /** Free funds in the quote asset. */
  balance: Amount
  position: StrategyPosition | null
}

/** Why a strategy gave no answer. `line` counts from 1 in its source. */
export interface StrategyFault {
  kind: 'COMPILE' | 'RUNTIME' | 'TIMEOUT' | 'MEMORY' | 'INVALID_ANSWER'
  message: string
  line: number | null
}

export type Evaluation =
  | { isDecided: true; decision: Decision; log: string[] }
  | { isDecided: false; fault: StrategyFault }

/** Runs strategies in isolation, so that one that fails or hangs delays no other. */
export interface StrategyHost {
  /** Answers within the host's time limit, whatever the strategy does. Never throws. */
  evaluate(input: EvaluationInput): Promise<Evaluation>
  close(): Promise<void>
}
