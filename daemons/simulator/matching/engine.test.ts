import { describe, expect, it } from 'vitest'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { commandOf, testEngine } from '../testing/engine'
import type { Account } from './account'
import { Rejection } from './rejection'

const funds = (account: Account, asset: string) => {
  const { free, locked } = account.ledger.of(asset)
  return `${free.toFixed()}/${locked.toFixed()}`
}

const reasonOf = (action: () => unknown): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof Rejection) return error.message
    throw error
  }
  return 'accepted'
}

describe('market orders', () => {
  it('walk the book level by level and pay the fee in what is received', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const order = engine.place(account, commandOf('BUY', 'MARKET', { quantity: '1.5' }), 5)
    const { executions } = engine.take()
    expect(executions.map((fill) => `${fill.quantity.toFixed()}@${fill.price.toFixed()}`)).toEqual(['1@101', '0.5@102'])
    expect(order.status).toBe('FILLED')
    expect(funds(account, 'USDT')).toBe('848/0')
    expect(funds(account, 'BTC')).toBe('1.4985/0')
  })

  it('spend a quote amount without exceeding it', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '50' })
    const order = engine.place(account, commandOf('BUY', 'MARKET', { quote: '50' }), 5)
    expect(order.filledQuantity.toFixed()).toBe('0.49504')
    expect(order.filledQuoteQuantity.lte(50)).toBe(true)
  })

  it('expire what the book cannot give', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ BTC: '10' })
    const order = engine.place(account, commandOf('SELL', 'MARKET', { quantity: '5' }), 5)
    expect([order.status, order.filledQuantity.toFixed()]).toEqual(['EXPIRED', '3'])
    expect(funds(account, 'BTC')).toBe('7/0')
  })

  it('are refused without the funds and change nothing', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '100' })
    expect(reasonOf(() => engine.place(account, commandOf('BUY', 'MARKET', { quantity: '1' }), 5))).toBe(
      'INSUFFICIENT_BALANCE',
    )
    expect(funds(account, 'USDT')).toBe('100/0')
    expect(engine.take().reports).toEqual([])
  })
})

describe('an account of KuCoin', () => {
  it('pays the fee of a purchase in the quote asset, and holds it with the price', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '100' }, 'kucoin')
    engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '1', limit: '90' }), 1)
    expect(funds(account, 'USDT')).toBe('9.91/90.09')
    print('89')
    expect(funds(account, 'USDT')).toBe('9.91/0')
    expect(funds(account, 'BTC')).toBe('1/0')
    engine.place(account, commandOf('SELL', 'MARKET', { quantity: '1' }), 2)
    expect(funds(account, 'USDT')).toBe('97.822/0')
  })

  it('cannot spend what the fee needs', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '50' }, 'kucoin')
    const all = commandOf('BUY', 'MARKET', { quote: '50' })
    expect(reasonOf(() => engine.place(account, all, 1))).toBe('INSUFFICIENT_BALANCE')
    engine.place(account, commandOf('BUY', 'MARKET', { quote: '49.9' }), 1)
    expect(account.ledger.of('USDT').free.lt('0.2')).toBe(true)
  })
})

describe('limit orders', () => {
  it('lock their funds, rest, and fill by the volume that reaches them', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '200' })
    const order = engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '2', limit: '90' }), 5)
    expect(funds(account, 'USDT')).toBe('20/180')
    print('91')
    expect(order.filledQuantity.toFixed()).toBe('0')
    print('90', '0.5')
    expect([order.status, order.filledQuantity.toFixed()]).toEqual(['PARTIALLY_FILLED', '0.5'])
    expect(funds(account, 'USDT')).toBe('20/135')
    print('89', '7')
    expect(order.status).toBe('FILLED')
    expect(funds(account, 'USDT')).toBe('20/0')
    expect(funds(account, 'BTC')).toBe('1.998/0')
  })

  it('take at the better price what they cross, and free the difference', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '105' })
    const order = engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '1', limit: '105' }), 5)
    expect(order.status).toBe('FILLED')
    expect(funds(account, 'USDT')).toBe('4/0')
  })

  it('obey their time in force', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '10000' })
    const ioc = engine.place(
      account,
      commandOf('BUY', 'LIMIT', { quantity: '2', limit: '101' }, { timeInForce: 'IOC' }),
      5,
    )
    expect([ioc.status, ioc.filledQuantity.toFixed()]).toEqual(['EXPIRED', '1'])
    const fok = engine.place(
      account,
      commandOf('BUY', 'LIMIT', { quantity: '2', limit: '101' }, { timeInForce: 'FOK' }),
      5,
    )
    expect([fok.status, fok.filledQuantity.toFixed()]).toEqual(['EXPIRED', '0'])
    expect(funds(account, 'USDT')).toBe('9899/0')
  })

  it('match another account that is better than the market, oldest first at one price', () => {
    const { engine, openAccount } = testEngine()
    const [first, second, taker] = [openAccount({ BTC: '1' }), openAccount({ BTC: '1' }), openAccount({ USDT: '1000' })]
    const a = engine.place(first, commandOf('SELL', 'LIMIT', { quantity: '1', limit: '100.5' }), 1)
    const b = engine.place(second, commandOf('SELL', 'LIMIT', { quantity: '1', limit: '100.5' }), 2)
    const order = engine.place(taker, commandOf('BUY', 'MARKET', { quantity: '1.5' }), 3)
    expect(order.filledQuoteQuantity.toFixed()).toBe('150.75')
    expect([a.status, b.status, b.filledQuantity.toFixed()]).toEqual(['FILLED', 'PARTIALLY_FILLED', '0.5'])
    expect(funds(first, 'USDT')).toBe('100.3995/0')
  })

  it('are refused by the rules of the market', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '1000', BTC: '10' })
    const place = (...command: Parameters<typeof commandOf>) =>
      reasonOf(() => engine.place(account, commandOf(...command), 5))
    expect(place('BUY', 'LIMIT', { quantity: '1', limit: '90.001' })).toBe('FILTER: PRICE_FILTER')
    expect(place('BUY', 'LIMIT', { quantity: '1.000001', limit: '90' })).toBe('FILTER: LOT_SIZE')
    expect(place('BUY', 'LIMIT', { quantity: '0.01', limit: '90' })).toBe('FILTER: NOTIONAL')
    expect(place('BUY', 'LIMIT', { quantity: '1', limit: '10' })).toBe('FILTER: PERCENT_PRICE_BY_SIDE')
    expect(place('BUY', 'MARKET', { quantity: '130' })).toBe('FILTER: MARKET_LOT_SIZE')
    expect(place('BUY', 'LIMIT', { quantity: '1', limit: '101' }, { isPostOnly: true })).toBe('WOULD_TAKE')
    expect(place('SELL', 'STOP_MARKET', { quantity: '1', stop: '100' })).toBe('WOULD_TRIGGER')
    expect(place('BUY', 'LIMIT', { quantity: '1', limit: '90' }, { clientOrderId: 'same' })).toBe('accepted')
    expect(place('BUY', 'LIMIT', { quantity: '1', limit: '90' }, { clientOrderId: 'same' })).toBe('DUPLICATE_CLIENT_ID')
    for (let i = 0; i < 5; i += 1) expect(place('SELL', 'STOP_MARKET', { quantity: '1', stop: '80' })).toBe('accepted')
    expect(place('SELL', 'STOP_MARKET', { quantity: '1', stop: '80' })).toBe('FILTER: MAX_NUM_ALGO_ORDERS')
  })

  it('free a client id when they close', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '1000' })
    const order = engine.place(
      account,
      commandOf('BUY', 'LIMIT', { quantity: '1', limit: '90' }, { clientOrderId: 'x' }),
      5,
    )
    engine.cancel(account, order, 'cancel', 6)
    expect(funds(account, 'USDT')).toBe('1000/0')
    expect(reasonOf(() => engine.cancel(account, order, 'again', 6))).toBe('UNKNOWN_ORDER')
    engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '1', limit: '90' }, { clientOrderId: 'x' }), 7)
  })
})

describe('triggers', () => {
  it('stop losses sell when the price falls to them, take profits when it rises', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ BTC: '2' })
    const stop = engine.place(account, commandOf('SELL', 'STOP_MARKET', { quantity: '1', stop: '95' }), 1)
    const target = engine.place(account, commandOf('SELL', 'TAKE_PROFIT_MARKET', { quantity: '1', stop: '110' }), 1)
    print('96')
    expect([stop.status, target.status]).toEqual(['ACCEPTED', 'ACCEPTED'])
    print('95')
    expect([stop.status, target.status]).toEqual(['FILLED', 'ACCEPTED'])
    print('110')
    expect(target.status).toBe('FILLED')
  })

  it('a stop limit becomes a limit order that may rest', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ BTC: '1' })
    const order = engine.place(account, commandOf('SELL', 'STOP_LIMIT', { quantity: '1', stop: '95', limit: '97' }), 1)
    print('94')
    expect([order.status, order.isWorking]).toEqual(['ACCEPTED', true])
    print('97', '5')
    expect(order.status).toBe('FILLED')
  })

  it('a stop that buys through a gap spends what is there and no more', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '105' })
    const order = engine.place(account, commandOf('BUY', 'STOP_MARKET', { quantity: '1', stop: '105' }), 1)
    expect(funds(account, 'USDT')).toBe('0/105')
    print('150')
    expect(order.status).toBe('EXPIRED')
    expect(order.filledQuantity.toFixed()).toBe('0.69536')
    expect(account.ledger.of('USDT').locked.toFixed()).toBe('0')
  })

  it('a trailing stop follows the best price', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ BTC: '1' })
    const order = engine.place(account, commandOf('SELL', 'STOP_MARKET', { quantity: '1', trailing: 1000 }), 1)
    for (const price of ['120', '150', '136']) print(price)
    expect(order.status).toBe('ACCEPTED')
    print('135')
    expect(order.status).toBe('FILLED')
  })
})

describe('order lists', () => {
  const sellOco = () => {
    const parts = testEngine()
    const account = parts.openAccount({ BTC: '1' })
    const above = commandOf('SELL', 'LIMIT', { quantity: '1', limit: '120' }, { isPostOnly: true })
    const below = commandOf('SELL', 'STOP_MARKET', { quantity: '1', stop: '90' })
    const list = parts.engine.placeList(account, above, below, 'list', 1)
    const [stop, target] = list.orderIds.map((id) => account.openOrders.get(id)!)
    return { ...parts, account, list, stop: stop!, target: target! }
  }

  it('lock the quantity once', () => {
    expect(funds(sellOco().account, 'BTC')).toBe('0/1')
  })

  it('the target that fills ends the stop, at its first partial fill', () => {
    const { account, list, stop, target, print } = sellOco()
    print('120', '0.4')
    expect([stop.status, target.status, list.isDone]).toEqual(['EXPIRED', 'PARTIALLY_FILLED', false])
    expect(funds(account, 'BTC')).toBe('0/0.6')
    print('121', '5')
    expect([target.status, list.isDone]).toEqual(['FILLED', true])
  })

  it('the stop that fires ends the target', () => {
    const { account, list, stop, target, print } = sellOco()
    const { reports } = print('90')
    expect([stop.status, target.status, list.isDone]).toEqual(['FILLED', 'EXPIRED', true])
    expect(reports.at(-1)?.kind).toBe('LIST')
    expect(funds(account, 'BTC')).toBe('0/0')
  })

  it('one canceled order cancels both', () => {
    const { engine, account, list, stop, target } = sellOco()
    engine.cancel(account, target, 'c', 2)
    expect([stop.status, target.status, list.isDone]).toEqual(['CANCELED', 'CANCELED', true])
    expect(funds(account, 'BTC')).toBe('1/0')
  })

  it('refuse prices on the wrong side of the market', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ BTC: '1' })
    const above = commandOf('SELL', 'LIMIT', { quantity: '1', limit: '98' }, { isPostOnly: true })
    const below = commandOf('SELL', 'STOP_MARKET', { quantity: '1', stop: '90' })
    expect(reasonOf(() => engine.placeList(account, above, below, 'list', 1))).toBe('LIST_PRICES')
    expect(account.openOrders.size).toBe(0)
    expect(funds(account, 'BTC')).toBe('1/0')
  })
})

describe('the partial-fill fault', () => {
  it("fills a share, and leaves the rest to the order's rules", () => {
    const { engine, market, openAccount } = testEngine()
    const account = openAccount({ USDT: '10000' })
    market.fillLimit = '0.3'
    const order = engine.place(account, commandOf('BUY', 'MARKET', { quantity: '1' }), 1)
    expect([order.status, order.filledQuantity.toFixed()]).toEqual(['EXPIRED', '0.3'])
    const limit = engine.place(account, commandOf('BUY', 'LIMIT', { quantity: '1', limit: '105' }), 1)
    expect([limit.status, limit.filledQuantity.toFixed()]).toEqual(['PARTIALLY_FILLED', '0.3'])
  })
})

describe('orders as Bitget has them', () => {
  const limit = (price: string, quantity = '1') => commandOf('BUY', 'LIMIT', { quantity, limit: price })

  it('changes a resting order in place, with its hold', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '100' })
    const order = engine.place(account, limit('50'), 1)
    engine.change(account, order, { limitPrice: parseDecimal('80') }, 2)
    expect([order.id, account.ledger.of('USDT').locked.toFixed()]).toEqual([1, '80'])
    expect(() => engine.change(account, order, { quantity: parseDecimal('2') }, 3)).toThrow('INSUFFICIENT_BALANCE')
    expect([order.quantity.toFixed(), account.ledger.of('USDT').locked.toFixed()]).toEqual(['1', '80'])
    engine.change(account, order, { quantity: parseDecimal('0.5') }, 4)
    expect(account.ledger.of('USDT').locked.toFixed()).toBe('40')
  })

  it('lets a trigger without a hold fire when there are funds, and ends it when there are none', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ BTC: '1' })
    const stop = () =>
      engine.place(account, commandOf('SELL', 'STOP_MARKET', { quantity: '1', stop: '90' }, { isUnfunded: true }), 1)
    const [first, second] = [stop(), stop()]
    expect(account.ledger.of('BTC').locked.toFixed()).toBe('0')
    print('90')
    expect([first.status, second.status]).toEqual(['FILLED', 'EXPIRED'])
    expect(account.ledger.of('BTC').free.toFixed()).toBe('0')
  })

  it('spends an amount when a purchase for an amount fires', () => {
    const { engine, openAccount, print } = testEngine()
    const account = openAccount({ USDT: '100' })
    const command = commandOf('BUY', 'STOP_MARKET', { quote: '55.5', stop: '110' }, { isUnfunded: true })
    const order = engine.place(account, command, 1)
    print('110')
    expect([order.status, order.filledQuoteQuantity.gt(55)]).toEqual(['FILLED', true])
  })

  it('ends a maker order that would take', () => {
    const { engine, openAccount } = testEngine()
    const account = openAccount({ USDT: '200' })
    const order = engine.place(account, { ...limit('105'), isPostOnly: true, isEndedWhenTaking: true }, 1)
    expect([order.status, order.filledQuantity.toFixed(), account.ledger.of('USDT').locked.toFixed()]).toEqual([
      'CANCELED',
      '0',
      '0',
    ])
  })
})
