import type { ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { Account } from '../matching/account'
import type { MarketView } from '../matching/book'
import { MatchingEngine } from '../matching/engine'
import type { OrderCommand } from '../matching/order'
import { rulesOf } from '../matching/rules'

// A bare matching engine for tests: one pair, a fixed outside market that the test moves by hand.

const TEST_RULES = { ...rulesOf('BTC', 'USDT', 2, 5, '9000'), maxNumAlgoOrders: 5 }

const viewAt = (price: string, depth = '1'): MarketView => {
  const last = parseDecimal(price)
  const level = (distance: number) => ({ price: last.plus(distance), quantity: parseDecimal(depth) })
  return { last, average: last, bids: [level(-1), level(-2), level(-3)], asks: [level(1), level(2), level(3)] }
}

export function testEngine(view: MarketView = viewAt('100')) {
  const market = { view, fillLimit: null as string | null }
  const engine = new MatchingEngine({
    rules: (symbol) => (symbol === TEST_RULES.symbol ? TEST_RULES : undefined),
    view: (symbol) => (symbol === TEST_RULES.symbol ? market.view : undefined),
    fillLimit: () => (market.fillLimit === null ? null : parseDecimal(market.fillLimit)),
  })
  const openAccount = (balances: Record<string, string>, exchange: ExchangeId = 'binance'): Account => {
    const id = engine.accounts.size + 1
    const record = {
      id,
      exchange,
      apiKey: `k${id}`,
      apiSecret: 's',
      apiPassphrase: null,
      createdTime: 0,
    } as const
    const account = new Account({
      ...record,
      isBnbBurn: false,
      accountMode: 'CLASSIC',
      canWithdraw: false,
      isIpRestricted: false,
    })
    engine.addAccount(account)
    for (const [asset, amount] of Object.entries(balances)) engine.deposit(account, asset, parseDecimal(amount), 0)
    engine.take()
    return account
  }
  /** Moves the outside market and prints `quantity` there. */
  const print = (price: string, quantity = '1', time = 1) => {
    market.view = viewAt(price)
    engine.onPrint(TEST_RULES.symbol, parseDecimal(price), parseDecimal(quantity), time)
    return engine.take()
  }
  return { engine, market, openAccount, print }
}

let made = 0

/** An order command with plain texts for amounts. */
export function commandOf(
  side: OrderCommand['side'],
  type: OrderCommand['type'],
  amounts: { quantity?: string; quote?: string; limit?: string; stop?: string; trailing?: number },
  more: Partial<OrderCommand> = {},
): OrderCommand {
  const amount = (text: string | undefined) => (text === undefined ? null : parseDecimal(text))
  made += 1
  return {
    symbol: TEST_RULES.symbol,
    side,
    type,
    clientOrderId: `c${made}`,
    quantity: amount(amounts.quantity),
    quoteQuantity: amount(amounts.quote),
    limitPrice: amount(amounts.limit),
    stopPrice: amount(amounts.stop),
    trailingDelta: amounts.trailing ?? null,
    timeInForce: 'GTC',
    isPostOnly: false,
    echo: {},
    ...more,
  }
}
