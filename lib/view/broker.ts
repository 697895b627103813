import type { ExchangeCapabilities } from '@/lib/domain/account/capabilities'
import type { AccountMode, Environment, ExchangeId, TradingType } from '@/lib/domain/account/broker'
import type { ErrorCode } from '@/lib/domain/errors/trading-error'
import type { CredentialField, ListedExchange } from '@/lib/domain/account/exchange-catalogue'

/** A broker on the account page. Keys never leave the server. */
export interface BrokerView {
  id: string
  /** Its number in webhooks (`UserExchangeID`). */
  number: number
  name: string
  exchangeId: string
  exchangeName: string
  environment: Environment
  tradingType: TradingType
  isDefault: boolean
  /** False until its keys were tested and the result confirmed. */
  isConfirmed: boolean
  accountMode: AccountMode | null
  canWithdraw: boolean | null
  isIpRestricted: boolean | null
  pairCount: number
  error: string | null
}

/** What the form for a broker needs to know. */
export interface BrokerChoices {
  exchanges: ListedExchange[]
  credentials: Record<ExchangeId, CredentialField[]>
  /** Why an exchange has no test network, where it has none. */
  noTestnet: Partial<Record<ExchangeId, 'NO_SANDBOX'>>
}

export interface BrokerKeys {
  apiKey: string
  apiSecret: string
  apiPassphrase?: string | undefined
}

export interface BrokerInput {
  /** Absent for a new broker. */
  id?: string | undefined
  name: string
  exchangeId: string
  environment: Environment
  /** Absent where the stored ones stay, and for a paper account. */
  keys?: BrokerKeys | undefined
  /** Funds of a new paper account. */
  balances?: Record<string, string> | undefined
}

export type BrokerRefusal =
  | 'INPUT'
  | 'NAME_TAKEN'
  | 'KEYS_MISSING'
  | 'BROKER_UNKNOWN'
  | 'IN_USE'
  | 'CANNOT_TRADE'
  | 'CAN_WITHDRAW'
  | 'NO_TESTNET'
  | 'PAPER_AWAY'
  | 'GATEWAY_DOWN'
  | 'UNAVAILABLE'
  | 'EXCHANGE'

/** What the exchange said, where it said something. */
export interface ExchangeWord {
  code: ErrorCode
  message: string
}

export type BrokerAnswer = { isDone: true; id: string } | { isDone: false; reason: BrokerRefusal; said?: ExchangeWord }

/** Orders whose end was asked for, and those that were canceled at the exchange with one command. */
export type CancelAllAnswer =
  | { isDone: true; asked: number; atExchange: number }
  | { isDone: false; reason: BrokerRefusal; said?: ExchangeWord }

export interface KeyReport {
  accountMode: AccountMode | null
  canWithdraw: boolean | null
  isIpRestricted: boolean | null
}

export type KeyAnswer =
  | { isDone: true; report: KeyReport }
  | { isDone: false; reason: BrokerRefusal; said?: ExchangeWord }

export type BalanceAnswer =
  | { isDone: true; balances: { asset: string; free: string; locked: string; total: string }[] }
  | { isDone: false; reason: BrokerRefusal; said?: ExchangeWord }

/** What the exchange of a broker can do, and how its limits stand. */
export interface ExchangeReport {
  capabilities: ExchangeCapabilities
  state: {
    buckets: { id: string; scope: 'IP' | 'ACCOUNT'; used: number; limit: number; windowMs: number }[]
    inFlight: number
    /** Epoch ms; 0 for none. */
    pausedUntil: number
    /** New orders of the account are held back until then, cancels are not. Epoch ms; 0 for none. */
    ordersHeldUntil: number
    clockOffsetMs: number
    clockUncertaintyMs: number
    stream: 'CONNECTING' | 'CONNECTED' | 'DISCONNECTED' | 'RENEWED' | 'CLOSED' | null
  }
}
