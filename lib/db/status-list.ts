import type { OrderStatus } from '@/lib/domain/order/status'

/** SQL: a list of statuses, written out. With a parameter the server could not know that the index of live orders will do. */
export const statusList = (statuses: readonly OrderStatus[]): string =>
  `(${statuses.map((status) => `'${status}'`).join(', ')})`
