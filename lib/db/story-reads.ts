import { prisma } from '@/lib/db/client'
import type { Prisma } from '@/lib/db/generated/client'

// All that is written of an order or a webhook, for its story. Only the user's own.

const ORDER_PARTS = {
  events: { orderBy: { id: 'asc' } },
  fills: { orderBy: [{ tradeTime: 'asc' }, { id: 'asc' }] },
} as const satisfies Prisma.OrderInclude

const ORDERS_OF_WEBHOOK = 20

export const readOrderWithCauses = (userId: string, clientOrderId: string) =>
  prisma().order.findFirst({
    where: { clientOrderId, userId },
    include: {
      ...ORDER_PARTS,
      webhook: true,
      decision: { include: { run: { select: { timeframe: true, strategy: { select: { name: true } } } } } },
    },
  })
type CausedOrder = NonNullable<Awaited<ReturnType<typeof readOrderWithCauses>>>

export const readWebhookWithOrders = (userId: string, id: bigint) =>
  prisma().webhookAlert.findFirst({
    where: { id, userId },
    include: { orders: { include: ORDER_PARTS, orderBy: { createdAt: 'asc' }, take: ORDERS_OF_WEBHOOK } },
  })

export type StoryWebhook = NonNullable<CausedOrder['webhook']>
export type StoryDecision = NonNullable<CausedOrder['decision']>
export type StoryOrder = Omit<CausedOrder, 'webhook' | 'decision'>
