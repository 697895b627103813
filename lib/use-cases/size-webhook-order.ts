import type { WebhookBroker } from '@/lib/db/webhook-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import { type Amount, HUNDRED, min, ONE, ZERO } from '@/lib/domain/money/decimal'
import { roundToTick } from '@/lib/domain/money/rounding'
import type { OrderRequest } from '@/lib/domain/order/order'
import { applyMarketRules } from '@/lib/domain/order/rules'
import type { WebhookAlert } from '@/lib/domain/signal/webhook-alert'
import { newClientOrderId } from '@/lib/platform/ids'
import type { FundsBook } from '@/lib/use-cases/shared-funds'
import { Refusal } from '@/lib/use-cases/webhook-refusal'

interface SizedOrder {
  request: OrderRequest
  /** What it takes of the free funds. */
  amount: Amount
}

export interface Sizer {
  /** What the order takes of the free funds. */
  asset: string
  brings: string
  sizeFrom: (funds: FundsBook) => SizedOrder
}

/** The share of the funds that an alert asks for, in percent. */
export function sizeOf({ sizePercent }: Pick<WebhookAlert, 'sizePercent'>): Amount {
  if (sizePercent === null || sizePercent.isZero())
    throw new Refusal('FAILED', 'PourCent is missing: it says how much of the funds to use.')
  return sizePercent
}

/**
 * How the order that an alert asks for is sized by its share of the free funds. What is wrong about the alert is thrown at once.
 * `feeOnTop` is the rate of a fee that a purchase takes of the funds beside its price.
 */
export function sizerOf(broker: WebhookBroker, alert: WebhookAlert, symbol: string, feeOnTop: Amount): Sizer {
  const sizePercent = sizeOf(alert)
  const isBuy = alert.action === 'BUY_MARKET' || alert.action === 'BUY_LIMIT'
  const isLimit = alert.action === 'BUY_LIMIT' || alert.action === 'SELL_LIMIT'
  if (isLimit && alert.price === null) throw new Refusal('FAILED', 'Prix is missing: a limit order needs its price.')
  const { instrument } = broker
  if (instrument === null) throw new Refusal('FAILED', `The exchange does not list ${symbol}.`)
  const { baseAsset, quoteAsset } = instrument
  // At the price that the market takes: rounded upwards, the same quantity would cost more than there is.
  const price = isLimit && alert.price !== null ? roundToTick(alert.price, instrument.tickSize) : null
  const [asset, brings] = isBuy ? [quoteAsset, baseAsset] : [baseAsset, quoteAsset]
  const costFactor = isBuy ? ONE.plus(feeOnTop) : ONE
  const sizeFrom = (funds: FundsBook): SizedOrder => {
    const free = funds.freeOf(asset)
    const isHeld = !isBuy && broker.isProtected
    if (free.isZero() && !isHeld) throw new Refusal('FAILED', `There is no free ${asset} on the account.`)
    const share = min(free.times(sizePercent).div(HUNDRED), free.div(costFactor))
    const order: OrderRequest = {
      clientOrderId: newClientOrderId(),
      symbol,
      side: isBuy ? 'BUY' : 'SELL',
      type: isLimit ? 'LIMIT' : 'MARKET',
      ...(price !== null ? { limitPrice: price, timeInForce: 'GTC' as const } : {}),
      ...(!isBuy
        ? { quantity: share }
        : price !== null
          ? { quantity: price.isZero() ? ZERO : share.div(price) }
          : { quoteQuantity: share }),
    }
    try {
      return { request: applyMarketRules(order, instrument), amount: share.times(costFactor) }
    } catch (error) {
      // A crumb beside what they hold is no answer to somebody who sells.
      const isTooSmall = error instanceof TradingError && (error.rule ?? '').startsWith('MIN_')
      if (!isHeld || !isTooSmall) throw error
      const reason = `There is no free ${asset} on the account: the stop and target of the position hold it.`
      throw new Refusal('FAILED', reason)
    }
  }
  return { asset, brings, sizeFrom }
}
