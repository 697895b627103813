import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { AccountMode, ExchangeId } from '@/lib/domain/account/broker'
import { Ledger } from './ledger'
import type { Order } from './order'

export interface AccountRecord {
  id: number
  exchange: ExchangeId
  apiKey: string
  apiSecret: string
  apiPassphrase: string | null
  /** Fees are paid in BNB while there is enough of it. */
  isBnbBurn: boolean
  /** Which of the exchange's account systems it lives in. */
  accountMode: AccountMode
  /** What its key may do beside trading, and whether it works from named addresses only: told, not enforced. */
  canWithdraw: boolean
  isIpRestricted: boolean
  createdTime: number
}

/** One account of the paper exchange, in memory. Closed orders live in the store only. */
export class Account {
  readonly record: AccountRecord
  readonly ledger = new Ledger()
  readonly openOrders = new Map<number, Order>()
  readonly openByClientId = new Map<string, Order>()
  updatedTime: number

  constructor(record: AccountRecord) {
    this.record = record
    this.updatedTime = record.createdTime
  }

  addOpen(order: Order): void {
    this.openOrders.set(order.id, order)
    this.openByClientId.set(order.clientOrderId, order)
  }

  removeOpen(order: Order): void {
    this.openOrders.delete(order.id)
    if (this.openByClientId.get(order.clientOrderId) === order) this.openByClientId.delete(order.clientOrderId)
  }
}

/** Share of an execution charged as fee, in the received asset. Source: Binance's regular spot rate. */
export const FEE_RATE: Amount = parseDecimal('0.001')
/** The same when paid in BNB. */
export const BNB_FEE_RATE: Amount = parseDecimal('0.00075')
