import type { Amount } from '@/lib/domain/money/decimal'
import type { MarketView } from '../matching/book'
import type { OrderCommand } from '../matching/order'
import type { Rules } from '../matching/rules'
import type { SignedContext } from './endpoint'
import { BitgetError, empty } from './errors'
import type { Params } from './params'

const QUOTE_SCALE = 8
const FORCES = ['gtc', 'ioc', 'fok', 'post_only'] as const

/** Names of the same parameters in the two account systems. */
export interface Names {
  size: string
  force: string
}
export const CLASSIC_NAMES: Names = { size: 'size', force: 'force' }
export const UNIFIED_NAMES: Names = { size: 'qty', force: 'timeInForce' }

/** A required word. Throws 40019 and 40020. */
export function wordOf<T extends string>(params: Params, name: string, words: readonly T[]): T {
  const word = params.word(name, words)
  if (word === undefined) throw empty(name)
  return word
}

export const commandSide = (params: Params): OrderCommand['side'] =>
  wordOf(params, 'side', ['buy', 'sell'] as const) === 'buy' ? 'BUY' : 'SELL'

export const amountOf = (params: Params, name: string, scale: number): Amount => {
  const amount = params.amount(name, scale)
  if (amount === undefined) throw empty(name)
  return amount
}

export function forceFields(params: Params, name: string): Pick<OrderCommand, 'timeInForce' | 'isPostOnly'> {
  const force = params.word(name, FORCES)
  if (force === undefined || force === 'gtc') return { timeInForce: 'GTC', isPostOnly: false }
  if (force === 'post_only') return { timeInForce: 'GTC', isPostOnly: true }
  return { timeInForce: force === 'ioc' ? 'IOC' : 'FOK', isPostOnly: false }
}

/** Throws when the order came later than its sender allowed. */
export function checkReceiveWindow(params: Params, now: number): void {
  const sent = params.integer('requestTime')
  const window = params.integer('receiveWindow')
  if (sent !== undefined && window !== undefined && now - sent > window)
    throw new BitgetError('40078', 'The request is outside of its receive window')
}

const PRESETS = ['presetTakeProfitPrice', 'executeTakeProfitPrice', 'presetStopLossPrice', 'executeStopLossPrice']

/** Preset exit prices, which are kept with the entry until it is filled. */
function presetsOf(params: Params, rules: Rules): Record<string, string> {
  const echo: Record<string, string> = {}
  for (const name of PRESETS) {
    const price = params.amount(name, rules.priceDecimals)
    if (price !== undefined) echo[name] = price.toFixed()
  }
  return echo
}

/** Quantity, or the amount to spend of a purchase at market. */
export function sizeFields(
  params: Params,
  name: string,
  isSpending: boolean,
  rules: Rules,
): Pick<OrderCommand, 'quantity' | 'quoteQuantity'> {
  if (isSpending) return { quantity: null, quoteQuantity: amountOf(params, name, QUOTE_SCALE) }
  return { quantity: amountOf(params, name, rules.quantityDecimals), quoteQuantity: null }
}

/** Reads a plain order (and, with `tpslType`, one that waits for its trigger). */
export function orderCommandOf(context: SignedContext, params: Params, rules: Rules, names: Names): OrderCommand {
  const side = commandSide(params)
  const isLimit = wordOf(params, 'orderType', ['limit', 'market'] as const) === 'limit'
  const isTpsl = params.word('tpslType', ['normal', 'tpsl'] as const) === 'tpsl'
  const command: OrderCommand = {
    symbol: rules.symbol,
    side,
    type: isLimit ? 'LIMIT' : 'MARKET',
    // Their own id does not count for orders with a trigger.
    clientOrderId: (isTpsl ? undefined : params.clientOid()) ?? context.newId(),
    ...sizeFields(params, names.size, !isLimit && side === 'BUY', rules),
    limitPrice: isLimit ? amountOf(params, 'price', rules.priceDecimals) : null,
    stopPrice: null,
    trailingDelta: null,
    ...(isLimit ? forceFields(params, names.force) : { timeInForce: 'GTC', isPostOnly: false }),
    isEndedWhenTaking: true,
    echo: presetsOf(params, rules),
  }
  if (!isTpsl) return command
  const trigger = amountOf(params, 'triggerPrice', rules.priceDecimals)
  return { ...triggered(command, trigger, context.exchange.view(rules.symbol)), echo: { kind: 'tpsl' } }
}

/** The command as one that waits for `trigger`: above the last price for a rise to it, below for a fall. */
export function triggered(command: OrderCommand, trigger: Amount, view: MarketView | undefined): OrderCommand {
  const isAbove = view !== undefined && trigger.gte(view.last)
  const isStop = isAbove === (command.side === 'BUY')
  const isLimit = command.limitPrice !== null
  const type = isStop ? (isLimit ? 'STOP_LIMIT' : 'STOP_MARKET') : isLimit ? 'TAKE_PROFIT_LIMIT' : 'TAKE_PROFIT_MARKET'
  return { ...command, type, stopPrice: trigger, isUnfunded: true }
}
