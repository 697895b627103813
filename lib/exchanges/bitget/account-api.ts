import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { ExchangeOrder, Fill, OrderRequest } from '@/lib/domain/order/order'
import type { ConnectionReport, FeeRates, FillsFrom } from '@/lib/exchanges/execution-client'

/** A conditional order as its own store tells it. Once it has fired, an order of the plain store carries on. */
export interface Plan {
  order: ExchangeOrder
  isFired: boolean
}

/** Names one order in one store. */
export type StoreReference = { orderId: string } | { clientOid: string }

interface PlacedIds {
  exchangeOrderId: string
}

/**
 * What both account systems of Bitget can do, each by its own endpoints. Both keep orders in two stores with ids of their
 * own: plain orders, and plans (v2: plan orders, v3: strategy orders). `symbol` is our name; absent where all pairs are meant.
 * Times reach back ninety days at most.
 */
export interface AccountApi {
  report(credentials: Credentials): Promise<ConnectionReport>
  balances(credentials: Credentials): Promise<Balance[]>
  fees(credentials: Credentials, symbol: string): Promise<FeeRates>
  fills(credentials: Credentials, symbol: string, from: FillsFrom): Promise<Fill[]>

  /** What changed the funds without an execution, from a time on; in any order. */
  transfers(credentials: Credentials, from: EpochMs): Promise<Transfer[]>

  placePlain(credentials: Credentials, request: OrderRequest): Promise<PlacedIds>
  placePlan(credentials: Credentials, request: OrderRequest): Promise<PlacedIds>
  cancelPlain(credentials: Credentials, symbol: string, target: StoreReference): Promise<void>
  cancelPlan(credentials: Credentials, symbol: string, target: StoreReference): Promise<void>
  /** All open plain orders of one pair, and all waiting plans, which the caller has listed. */
  cancelAll(credentials: Credentials, symbol: string, plans: ExchangeOrder[], hasPlain: boolean): Promise<void>
  /** Changes a plain order in place; only where the account system can. */
  changePlain?(credentials: Credentials, order: ExchangeOrder, to: OrderRequest): Promise<void>
  changePlan(credentials: Credentials, order: ExchangeOrder, to: OrderRequest): Promise<void>

  /** `null`: this store says that it has no such order; a client id may be forgotten after two hours. */
  plain(credentials: Credentials, symbol: string, target: StoreReference): Promise<ExchangeOrder | null>
  openPlain(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]>
  /** Closed orders created from `from` on, newest first. */
  closedPlain(credentials: Credentials, symbol: string, from: EpochMs): Promise<ExchangeOrder[]>
  openPlans(credentials: Credentials, symbol?: string): Promise<Plan[]>
  closedPlans(credentials: Credentials, symbol: string, from: EpochMs): Promise<Plan[]>
  /** Id of the plain order that a fired plan placed; null while it cannot be told. */
  childOf(credentials: Credentials, plan: Plan): Promise<string | null>
}

/** How far back Bitget tells of orders. */
export const HISTORY_MS = 90 * 86_400_000
/** What is recorded this moment belongs to it, however the clocks differ. */
export const CLOCK_SLACK = 10_000
/** The start of a history call: a little less far back than allowed, and before its end, so that no clock refuses it. */
export const earliest = (from: EpochMs, now: EpochMs): EpochMs =>
  Math.min(Math.max(from, now - HISTORY_MS + 60_000), now - 1)
