import { parseDecimal, sum } from '@/lib/domain/money/decimal'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { Exchange } from '../exchange'
import type { Changes } from '../matching/changes'
import type { Order, OrderCommand } from '../matching/order'
import { Rejection } from '../matching/rejection'

// An entry with preset exit prices: once it is filled, a take-profit, a stop, or a pair of both is placed for what was
// bought (or sold) after fees.

const price = (order: Order, name: string) => {
  const text = order.echo[name]
  return text === undefined ? null : parseDecimal(text)
}

function exitOf(order: Order, kind: 'TakeProfit' | 'StopLoss', exchange: Exchange): OrderCommand | undefined {
  const trigger = price(order, `preset${kind}Price`)
  const rules = exchange.rulesOf(order.symbol)
  if (trigger === null || rules === undefined) return undefined
  const limitPrice = price(order, `execute${kind}Price`)
  const paid = exchange.store.executionsOf(order.id).filter((fill) => fill.feeAsset === rules.baseAsset)
  const held = order.filledQuantity.minus(order.side === 'BUY' ? sum(paid.map((fill) => fill.fee)) : 0)
  const name = kind === 'TakeProfit' ? 'TAKE_PROFIT' : 'STOP'
  return {
    symbol: order.symbol,
    side: order.side === 'BUY' ? 'SELL' : 'BUY',
    type: limitPrice === null ? `${name}_MARKET` : `${name}_LIMIT`,
    clientOrderId: `${order.clientOrderId}-${kind === 'TakeProfit' ? 'tp' : 'sl'}`,
    quantity: roundToStep(held, rules.stepSize),
    quoteQuantity: null,
    limitPrice,
    stopPrice: trigger,
    trailingDelta: null,
    timeInForce: 'GTC',
    isPostOnly: false,
    echo: { kind: 'tpsl', parent: String(order.id) },
  }
}

/** Places the exits of the entries that `changes` filled. An exit that cannot be placed is left out, as at the exchange. */
export function placePresets(exchange: Exchange, changes: Changes, time: number): void {
  for (const report of changes.reports) {
    if (report.kind !== 'ORDER' || report.order.status !== 'FILLED' || report.execution !== 'TRADE') continue
    const account = exchange.engine.accounts.get(report.order.accountId)
    if (account?.record.exchange !== 'bitget') continue
    const [profit, stop] = [exitOf(report.order, 'TakeProfit', exchange), exitOf(report.order, 'StopLoss', exchange)]
    try {
      if (profit !== undefined && stop !== undefined) {
        const [above, below] = report.order.side === 'BUY' ? [profit, stop] : [stop, profit]
        exchange.placeList(account, above, below, `${report.order.clientOrderId}-exits`, time)
      } else if (profit !== undefined) exchange.place(account, profit, time)
      else if (stop !== undefined) exchange.place(account, stop, time)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
    }
  }
}
