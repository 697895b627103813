import { prisma } from '@/lib/db/client'
import { LIVE_STATUSES } from '@/lib/domain/order/status'

const ORDERS_SHOWN = 200
const LIVE = { in: [...LIVE_STATUSES] }

/** Positions of the user's accounts, those of runs aside, that hold something or have orders at work. */
const readPositions = (userId: string, filter: { brokerId?: string | undefined; symbol?: string | undefined }) =>
  prisma().position.findMany({
    where: {
      userId,
      runId: null,
      ...(filter.brokerId && { brokerId: filter.brokerId }),
      ...(filter.symbol && { symbol: filter.symbol }),
      OR: [{ quantity: { gt: 0 } }, { orders: { some: { status: LIVE } } }],
    },
    orderBy: [{ openedAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
    include: {
      broker: { select: { name: true, environment: true } },
      roundTrips: { where: { closedAt: null }, orderBy: { number: 'desc' }, take: 1 },
    },
  })

/** Orders of a trade: asked for or executed since it was opened, or still at work; newest first. */
const readOrders = (positionId: string, openedAt: Date | null) =>
  prisma().order.findMany({
    where: {
      positionId,
      OR: [
        { status: LIVE },
        ...(openedAt === null
          ? []
          : [{ createdAt: { gte: openedAt } }, { fills: { some: { tradeTime: { gte: openedAt } } } }]),
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { clientOrderId: 'desc' }],
    take: ORDERS_SHOWN,
  })

/** The trades in progress of the user's accounts, with their orders. */
export async function readTrades(userId: string, filter: Parameters<typeof readPositions>[1]) {
  const positions = await readPositions(userId, filter)
  return Promise.all(
    positions.map(async (position) => ({
      ...position,
      orders: await readOrders(position.id, position.quantity.isZero() ? null : position.openedAt),
    })),
  )
}
export type TradeRow = Awaited<ReturnType<typeof readTrades>>[number]
