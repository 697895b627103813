import type { OrderStatus } from '@/lib/domain/order/status'

/** What can happen to an order. */
export const ORDER_EVENTS = [
  'SUBMIT',
  'NOT_SENT',
  'DENY',
  'REJECT',
  'ACCEPT',
  'TRIGGER',
  'PARTIALLY_FILL',
  'FILL',
  'REQUEST_CANCEL',
  'REQUEST_UPDATE',
  'CANCEL',
  'EXPIRE',
] as const
export type OrderEventKind = (typeof ORDER_EVENTS)[number]

type Row = Partial<Record<OrderEventKind, OrderStatus>>

// What an order at the exchange may report, whatever we were about to do with it.
const reports: Row = {
  ACCEPT: 'ACCEPTED',
  TRIGGER: 'TRIGGERED',
  PARTIALLY_FILL: 'PARTIALLY_FILLED',
  FILL: 'FILLED',
  CANCEL: 'CANCELED',
  EXPIRE: 'EXPIRED',
  // Also of one that rests: a condition may fire and the exchange refuse what it places.
  REJECT: 'REJECTED',
}
const commands: Row = { REQUEST_CANCEL: 'PENDING_CANCEL', REQUEST_UPDATE: 'PENDING_UPDATE' }

/** Status × event. What is not listed is an error: it means that we misunderstood the exchange. */
const TABLE: Record<OrderStatus, Row> = {
  INITIALIZED: { SUBMIT: 'SUBMITTED', DENY: 'DENIED', CANCEL: 'CANCELED' },
  // The connection was refused or the exchange told us to wait: nothing was sent, so it may be sent again.
  SUBMITTED: { ...reports, NOT_SENT: 'INITIALIZED', DENY: 'DENIED' },
  ACCEPTED: { ...reports, ...commands },
  TRIGGERED: { ...reports, ...commands },
  PARTIALLY_FILLED: { ...reports, ...commands, ACCEPT: 'PARTIALLY_FILLED' },
  // While a command is under way the exchange still reports the order as it was.
  PENDING_CANCEL: { ...reports, REQUEST_CANCEL: 'PENDING_CANCEL' },
  PENDING_UPDATE: { ...reports, REQUEST_CANCEL: 'PENDING_CANCEL' },
  DENIED: {},
  // The odd real cases: one that was given up and arrived after all, an execution that reaches us after the end that was
  // reported, and an end that the exchange tells by another word than was concluded here.
  REJECTED: {
    FILL: 'FILLED',
    PARTIALLY_FILL: 'REJECTED',
    CANCEL: 'CANCELED',
    EXPIRE: 'EXPIRED',
    REJECT: 'REJECTED',
  },
  CANCELED: {
    FILL: 'FILLED',
    PARTIALLY_FILL: 'CANCELED',
    CANCEL: 'CANCELED',
    EXPIRE: 'CANCELED',
    REJECT: 'CANCELED',
  },
  EXPIRED: { FILL: 'FILLED', PARTIALLY_FILL: 'EXPIRED', CANCEL: 'EXPIRED', EXPIRE: 'EXPIRED', REJECT: 'EXPIRED' },
  FILLED: { FILL: 'FILLED' },
}

/** The status after the event, or null when the table does not know the pair. */
export const nextStatus = (status: OrderStatus, event: OrderEventKind): OrderStatus | null =>
  TABLE[status][event] ?? null

const EVENT_OF_REPORT: Partial<Record<OrderStatus, OrderEventKind>> = {
  ACCEPTED: 'ACCEPT',
  TRIGGERED: 'TRIGGER',
  PARTIALLY_FILLED: 'PARTIALLY_FILL',
  FILLED: 'FILL',
  CANCELED: 'CANCEL',
  EXPIRED: 'EXPIRE',
  REJECTED: 'REJECT',
}

/** The event that an exchange's report of this status stands for; null for statuses that only we give. */
export const eventOfReport = (status: OrderStatus): OrderEventKind | null => EVENT_OF_REPORT[status] ?? null
