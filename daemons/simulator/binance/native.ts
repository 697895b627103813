import type { Amount } from '@/lib/domain/money/decimal'
import type { Order, OrderCommand, RestingStatus } from '../matching/order'

/** Order types in Binance's words. */
export const NATIVE_TYPES = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const
export type NativeType = (typeof NATIVE_TYPES)[number]

const TO_ENGINE: Record<NativeType, OrderCommand['type']> = {
  LIMIT: 'LIMIT',
  LIMIT_MAKER: 'LIMIT',
  MARKET: 'MARKET',
  STOP_LOSS: 'STOP_MARKET',
  STOP_LOSS_LIMIT: 'STOP_LIMIT',
  TAKE_PROFIT: 'TAKE_PROFIT_MARKET',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
}

const FROM_ENGINE: Record<OrderCommand['type'], NativeType> = {
  LIMIT: 'LIMIT',
  MARKET: 'MARKET',
  STOP_MARKET: 'STOP_LOSS',
  STOP_LIMIT: 'STOP_LOSS_LIMIT',
  TAKE_PROFIT_MARKET: 'TAKE_PROFIT',
  TAKE_PROFIT_LIMIT: 'TAKE_PROFIT_LIMIT',
}

export const isNativeType = (text: string): text is NativeType => (NATIVE_TYPES as readonly string[]).includes(text)
export const toEngineType = (type: NativeType): OrderCommand['type'] => TO_ENGINE[type]
export const nativeTypeOf = (order: Order): NativeType => (order.isPostOnly ? 'LIMIT_MAKER' : FROM_ENGINE[order.type])

const STATUSES: Record<RestingStatus, string> = {
  ACCEPTED: 'NEW',
  TRIGGERED: 'NEW',
  PARTIALLY_FILLED: 'PARTIALLY_FILLED',
  FILLED: 'FILLED',
  CANCELED: 'CANCELED',
  EXPIRED: 'EXPIRED',
  REJECTED: 'REJECTED',
}
export const nativeStatusOf = (order: Order): string =>
  order.isPending && order.status === 'ACCEPTED' ? 'PENDING_NEW' : STATUSES[order.status]

/** Amounts on Binance's wire have 8 decimals. */
export const wire8 = (amount: Amount | null): string => (amount === null ? '0.00000000' : amount.toFixed(8))
