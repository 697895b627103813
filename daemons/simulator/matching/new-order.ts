import type { Amount } from '@/lib/domain/money/decimal'
import { ZERO } from '@/lib/domain/money/decimal'
import { byPriority, type Match, type MarketView, planMatches } from './book'
import type { OpenOrders } from './open-orders'
import { isConditional, type Order, type OrderCommand } from './order'
import type { Rules } from './rules'

/** The order that a command becomes, before anything of it is executed. */
export function newOrder(
  command: OrderCommand,
  identity: Pick<Order, 'id' | 'accountId' | 'listId'>,
  last: Amount,
  time: number,
): Order {
  const isWorking = !isConditional(command.type)
  return {
    ...command,
    ...identity,
    quantity: command.quantity ?? ZERO,
    filledQuantity: ZERO,
    filledQuoteQuantity: ZERO,
    status: 'ACCEPTED',
    isWorking,
    isPending: false,
    isPaired: false,
    icebergQuantity: command.icebergQuantity ?? null,
    visibleQuantity: null,
    queueNumber: 0,
    proceeds: null,
    amendments: [],
    reservePrice: command.limitPrice ?? command.stopPrice ?? last,
    trailingPeak: command.trailingDelta !== null && command.stopPrice === null ? last : null,
    createdTime: time,
    updatedTime: time,
    workingTime: isWorking ? time : null,
  }
}

/** What a taker would be matched with: the outside market and other accounts' resting orders. */
export function planFor(
  command: Pick<OrderCommand, 'symbol' | 'side' | 'limitPrice' | 'quoteQuantity'>,
  quantity: Amount | null,
  open: OpenOrders,
  accountId: number,
  rules: Rules,
  view: MarketView,
): Match[] {
  const makerSide = command.side === 'BUY' ? 'SELL' : 'BUY'
  const makers = open
    .working(command.symbol, makerSide)
    .filter((maker) => maker.accountId !== accountId)
    .sort(byPriority(makerSide))
  const quote = quantity === null ? command.quoteQuantity : null
  return planMatches(
    { side: command.side, limit: command.limitPrice, quantity, quote, stepSize: rules.stepSize },
    view,
    makers,
  )
}
