import type { ErrorCode } from '@/lib/domain/errors/trading-error'

/** Why the pairs of a broker could not be loaded, as the page says it: keys below `status.loadFailure`. */
export type LoadFailure =
  | 'GATEWAY_DOWN'
  | 'BROKER_UNKNOWN'
  | 'UNAVAILABLE'
  | 'LATE'
  | 'KEY'
  | 'RATE_LIMITED'
  | 'CLOCK_SKEW'
  | 'EXCHANGE_UNAVAILABLE'
  | 'NOT_SUPPORTED'
  | 'OTHER'

export type LoadAnswer = { isAsked: true } | { isAsked: false; reason: LoadFailure }

const OF_CODE: Partial<Record<ErrorCode, LoadFailure>> = {
  AUTHENTICATION: 'KEY',
  PERMISSION: 'KEY',
  RATE_LIMITED: 'RATE_LIMITED',
  CLOCK_SKEW: 'CLOCK_SKEW',
  EXCHANGE_UNAVAILABLE: 'EXCHANGE_UNAVAILABLE',
  UNKNOWN_OUTCOME: 'EXCHANGE_UNAVAILABLE',
  NOT_SUPPORTED: 'NOT_SUPPORTED',
}

export const loadFailureOf = (code: ErrorCode): LoadFailure => OF_CODE[code] ?? 'OTHER'

const EXCHANGE_NAMES: Record<string, string> = { binance: 'Binance', bitget: 'Bitget', kucoin: 'KuCoin' }

/** An exchange as its owner writes it. */
export const exchangeName = (exchangeId: string): string => EXCHANGE_NAMES[exchangeId] ?? exchangeId
