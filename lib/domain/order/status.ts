export const ORDER_STATUSES = [
  'INITIALIZED',
  'SUBMITTED',
  'PENDING_UPDATE',
  'PENDING_CANCEL',
  'ACCEPTED',
  'TRIGGERED',
  'PARTIALLY_FILLED',
  'DENIED',
  'REJECTED',
  'CANCELED',
  'EXPIRED',
  'FILLED',
] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** Sent, and the exchange's answer to the last command is not known yet. */
export const IN_FLIGHT_STATUSES = ['SUBMITTED', 'PENDING_UPDATE', 'PENDING_CANCEL'] as const satisfies OrderStatus[]
/** Known to rest at the exchange. */
export const OPEN_STATUSES = ['ACCEPTED', 'TRIGGERED', 'PARTIALLY_FILLED'] as const satisfies OrderStatus[]
export const CLOSED_STATUSES = ['DENIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FILLED'] as const satisfies OrderStatus[]
/** May still execute: everything that is not closed. */
export const LIVE_STATUSES = ['INITIALIZED', ...IN_FLIGHT_STATUSES, ...OPEN_STATUSES] as const satisfies OrderStatus[]

const has = (group: readonly OrderStatus[], status: OrderStatus): boolean => group.includes(status)
export const isInFlight = (status: OrderStatus): boolean => has(IN_FLIGHT_STATUSES, status)
export const isOpen = (status: OrderStatus): boolean => has(OPEN_STATUSES, status)
export const isClosed = (status: OrderStatus): boolean => has(CLOSED_STATUSES, status)
export const isLive = (status: OrderStatus): boolean => !isClosed(status)
