import type { Balance } from '@/lib/domain/account/balance'
import type { Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { ExchangeOrder, Fill, OcoRequest, OrderRequest } from '@/lib/domain/order/order'
import type * as port from '@/lib/exchanges/execution-client'

/** What differs between classic and unified accounts; the requests are rounded and checked before they come here. */
export interface KucoinAccount {
  getBalance(credentials: Credentials): Promise<Balance[]>
  createOrder(credentials: Credentials, request: OrderRequest, exchangeSymbol: string): Promise<ExchangeOrder>
  createOco(credentials: Credentials, request: OcoRequest, exchangeSymbol: string): Promise<port.ExchangeOrderList>
  cancelOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder>
  cancelOrderList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList>
  cancelAll(credentials: Credentials, symbol: string): Promise<ExchangeOrder[]>
  getOrder(credentials: Credentials, target: port.OrderReference): Promise<ExchangeOrder | null>
  getOrderList(credentials: Credentials, target: port.OrderListReference): Promise<port.ExchangeOrderList | null>
  openOrders(credentials: Credentials, symbol?: string): Promise<ExchangeOrder[]>
  /** Orders that left the books, created from `fromTime` on. */
  closedOrders(credentials: Credentials, symbol: string, fromTime: EpochMs): Promise<ExchangeOrder[]>
  fillsSince(credentials: Credentials, symbol: string, from: port.FillsFrom): Promise<Fill[]>
  fillsOfOrder(credentials: Credentials, symbol: string, exchangeOrderId: string): Promise<Fill[]>
  /** What changed the funds without an execution, from a time on, oldest first. */
  transfers(credentials: Credentials, fromTime: EpochMs): Promise<Transfer[]>
  getFees(credentials: Credentials, symbol: string): Promise<port.FeeRates>
}

/** The answer, or null where the exchange says that there is no such order. */
export const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((error: unknown) => {
    if (isUnknownOrder(error)) return null
    throw error
  })

export const isUnknownOrder = (error: unknown): boolean =>
  error instanceof TradingError && error.code === 'UNKNOWN_ORDER'

export const noSuchOrder = (): TradingError =>
  new TradingError('UNKNOWN_ORDER', 'KuCoin has no such open order.', { outcome: 'REFUSED' })

/** What was canceled as it is now. KuCoin's word that it is canceled stands, though it may not show it (any more). */
export function shown<T>(canceled: T | null): T {
  if (canceled !== null) return canceled
  throw new TradingError('EXCHANGE_UNAVAILABLE', 'KuCoin canceled the order, but does not show it.', {
    outcome: 'ACCEPTED',
  })
}

/** A command was carried out, and only what the order is now could not be read: that is no failure of the command. */
export async function readOr<T>(read: Promise<T | null>, certain: T): Promise<T> {
  try {
    return (await read) ?? certain
  } catch {
    return certain
  }
}
