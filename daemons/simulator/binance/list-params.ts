import type { ListCommand, OrderCommand } from '../matching/order'
import { Rejection } from '../matching/rejection'
import type { SignedContext } from './endpoint'
import { symbolOf } from './endpoint'
import { BinanceError, mandatory } from './errors'
import { CLIENT_ID, legCommandOf, readSelfTradeMode, sideOf } from './order-params'

// Parameters of the order lists. Source: rest-api.md, "Order lists".

const isTarget = (command: OrderCommand): boolean =>
  command.type === 'LIMIT' || command.type === 'TAKE_PROFIT_MARKET' || command.type === 'TAKE_PROFIT_LIMIT'

/** One order must be a target and the other a stop, each on its side of the market. Codes: errors.md. */
function checkLegs(above: OrderCommand, below: OrderCommand): void {
  const { side } = above
  if (above.type === 'LIMIT' && below.type === 'LIMIT')
    throw new BinanceError(-1168, 'At least one OCO order must be contingent.')
  const [target, stop] = side === 'SELL' ? [above, below] : [below, above]
  if (isTarget(target) && !isTarget(stop)) return
  if (side === 'SELL') {
    if (below.type === 'LIMIT') throw new BinanceError(-1166, 'A limit order in a sell OCO must be above.')
    if (!isTarget(above)) throw new BinanceError(-1197, 'A stop loss order in a sell OCO must be below.')
    throw new BinanceError(-1199, 'A take profit order in a sell OCO must be above.')
  }
  if (above.type === 'LIMIT') throw new BinanceError(-1165, 'A limit order in a buy OCO must be below.')
  if (!isTarget(below)) throw new BinanceError(-1196, 'A stop loss order in a buy OCO must be above.')
  throw new BinanceError(-1198, 'A take profit order in a buy OCO must be below.')
}

type Shared = Pick<OrderCommand, 'symbol' | 'side' | 'quantity'>

function sharedOf(context: SignedContext, prefix: string, hasQuantity = true): Shared {
  const { params } = context
  const { symbol } = symbolOf(context)
  const named = (field: string) => (prefix === '' ? field.toLowerCase() : prefix + field)
  const quantity = hasQuantity ? params.decimal(named('Quantity')) : null
  if (hasQuantity && quantity === null) throw mandatory(named('Quantity'))
  return { symbol, side: sideOf(params, named('Side')), quantity }
}

function listIdOf({ params, newId }: SignedContext): string {
  readSelfTradeMode(params)
  return params.matching('listClientOrderId', CLIENT_ID) ?? newId()
}

const leg = ({ params, newId }: SignedContext, prefix: string, place: 'working' | 'pending' | 'pair', shared: Shared) =>
  legCommandOf(params, prefix, place, shared, newId)

/** Parameters of `POST /api/v3/orderList/oco`. */
export function ocoOf(context: SignedContext): { above: OrderCommand; below: OrderCommand; clientListId: string } {
  const shared = sharedOf(context, '')
  const above = leg(context, 'above', 'pair', shared)
  const below = leg(context, 'below', 'pair', shared)
  checkLegs(above, below)
  return { above, below, clientListId: listIdOf(context) }
}

function chainOf(context: SignedContext, isPair: boolean, isPaidByWorking: boolean): ListCommand {
  const working = leg(context, 'working', 'working', sharedOf(context, 'working'))
  const shared = sharedOf(context, 'pending', !isPaidByWorking)
  if (isPaidByWorking && working.side !== 'BUY')
    throw new BinanceError(-1222, 'Working order in an OPO list must be a bid.')
  if (isPaidByWorking && shared.side !== 'SELL')
    throw new BinanceError(-1223, 'Pending orders in an OPO list must be asks.')
  const clientListId = listIdOf(context)
  if (!isPair) return { working, pending: [leg(context, 'pending', 'pending', shared)], clientListId, isPaidByWorking }
  const above = leg(context, 'pendingAbove', 'pair', shared)
  const below = leg(context, 'pendingBelow', 'pair', shared)
  checkLegs(above, below)
  return { working, pending: [above, below], clientListId, isPaidByWorking }
}

export const otoOf = (context: SignedContext): ListCommand => chainOf(context, false, false)
export const otocoOf = (context: SignedContext): ListCommand => chainOf(context, true, false)
export const opoOf = (context: SignedContext): ListCommand => chainOf(context, false, true)
export const opocoOf = (context: SignedContext): ListCommand => chainOf(context, true, true)

/** The client ids of a list's orders differ, and no open list has its id. Throws Rejection. */
export function checkListIds({ exchange, account }: SignedContext, orders: OrderCommand[], clientListId: string): void {
  const isTaken = exchange.engine.open.openLists(account.record.id).some((list) => list.clientListId === clientListId)
  const ids = new Set(orders.map((order) => order.clientOrderId))
  if (isTaken || ids.size < orders.length) throw new Rejection('DUPLICATE_CLIENT_ID')
}
