import type { Timeframe } from '@/lib/domain/market/timeframe'

/** What there is to choose from when a strategy is activated. */
export interface RunChoices {
  strategies: { id: string; name: string; description: string; timeframe: Timeframe }[]
  brokers: BrokerChoice[]
  /** Values of the two time fields, in UTC. */
  defaultStart: string
  defaultEnd: string
}

interface BrokerChoice {
  id: string
  name: string
  exchangeId: string
  environment: 'LIVE' | 'TESTNET' | 'PAPER'
  /** False while its « TypeDeTrading » is not « Stratégie »: the engine would not act on it. */
  isForStrategies: boolean
}

export interface RunInput {
  strategyId: string
  brokerId: string
  symbol: string
  timeframe: string
  /** Field values in UTC; a null start is this very moment. */
  start: string | null
  end: string
}

type RunRefusal =
  | 'INPUT'
  | 'STRATEGY_UNKNOWN'
  | 'BROKER_UNKNOWN'
  | 'BROKER_NOT_FOR_STRATEGIES'
  | 'SYMBOL_UNKNOWN'
  | 'PERIOD'
  | 'RUN_LIMIT'
  | 'RUN_UNKNOWN'
  | 'RUN_FINISHED'
  | 'NO_POSITION'
  | 'UNAVAILABLE'

export type RunAnswer = { isDone: true; runId: string } | { isDone: false; reason: RunRefusal }

/** The pair to propose: Bitcoin in dollars, else the first in dollars, else the first. */
export const preferredSymbol = (symbols: string[]): string =>
  symbols.find((symbol) => symbol === 'BTC/USDT') ??
  symbols.find((symbol) => symbol.endsWith('/USDT')) ??
  symbols[0] ??
  ''

/** Pairs that fit what was typed: those that begin with it first. `btcus` finds BTC/USDT. */
export function searchSymbols(symbols: string[], typed: string, limit: number): string[] {
  const wanted = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  if (wanted === '') return symbols.slice(0, limit)
  const begin: string[] = []
  const contain: string[] = []
  for (const symbol of symbols) {
    const at = symbol.replace('/', '').indexOf(wanted)
    if (at === 0) begin.push(symbol)
    else if (at > 0) contain.push(symbol)
  }
  return [...begin, ...contain].slice(0, limit)
}
