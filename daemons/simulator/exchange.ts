import { EventEmitter } from 'node:events'
import { randomBytes } from 'node:crypto'
import type { Amount } from '@/lib/domain/money/decimal'
import { fromNumber, parseDecimal } from '@/lib/domain/money/decimal'
import type { Clock } from '@/lib/platform/clock'
import { depthAround } from './market/depth'
import type { MarketSource, MarketTrade } from './market/source'
import { Account, type AccountRecord } from './matching/account'
import type { MarketView } from './matching/book'
import type { Changes } from './matching/changes'
import { MatchingEngine } from './matching/engine'
import type { Execution, ListCommand, Order, OrderChange, OrderCommand, OrderList } from './matching/order'
import type { Rules } from './matching/rules'
import type { SimulatorStore } from './store/store'
import { isIncoming, type TransferRecord } from './store/transfer'

export interface ExchangeEvents {
  trade: [MarketTrade]
  changes: [Changes]
  market: [MarketSource]
}

export type NewAccount = Pick<
  AccountRecord,
  'exchange' | 'accountMode' | 'isBnbBurn' | 'canWithdraw' | 'isIpRestricted'
> & {
  balances: Record<string, string>
  /** PEM, for an account that signs with a key pair. */
  publicKey?: string | undefined
}

export interface Placed {
  order: Order
  fills: Execution[]
}

const AVERAGE_WINDOW_MS = 300_000
const AVERAGE_KEPT_MS = 2000
/** How often orders with an end of life are looked at. */
const EXPIRY_MS = 50

const KEY_CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const randomText = (length: number): string =>
  Array.from(randomBytes(length), (byte) => KEY_CHARS[byte % KEY_CHARS.length]).join('')

/**
 * The exchange that all protocols speak for: market, engine and store behind one set of commands. A command is matched
 * and written at once; it is announced when its transaction is committed, and an answer must wait for `settled()`.
 */
export class Exchange extends EventEmitter<ExchangeEvents> {
  readonly store: SimulatorStore
  readonly engine: MatchingEngine
  /** Share of an order that one match may fill at most; null for no limit (a fault for tests). */
  fillLimit: Amount | null = null
  private source: MarketSource
  private rulesBySymbol = new Map<string, Rules>()
  private readonly accountsByKey = new Map<string, Account>()
  private readonly views = new Map<string, { trade: MarketTrade; view: MarketView }>()
  private readonly averages = new Map<string, { at: number; value: Amount }>()
  private readonly clock: Clock
  private unannounced: Changes[] = []
  private settling: Promise<void> | undefined
  private readonly timer: NodeJS.Timeout

  constructor(store: SimulatorStore, source: MarketSource, clock: Clock) {
    super()
    this.setMaxListeners(0)
    this.store = store
    this.clock = clock
    this.source = source
    this.engine = new MatchingEngine({
      rules: (symbol) => this.rulesBySymbol.get(symbol),
      view: (symbol) => this.view(symbol),
      fillLimit: () => this.fillLimit,
    })
    const restored = store.restore()
    Object.assign(this.engine.counters, restored.counters)
    for (const account of restored.accounts) this.register(account)
    this.engine.restoreOpen(restored.orders, restored.lists)
    this.follow(source)
    this.timer = setInterval(() => {
      this.engine.expireDue(this.clock())
      this.commit()
    }, EXPIRY_MS)
    this.timer.unref()
  }

  get market(): MarketSource {
    return this.source
  }

  get rules(): Rules[] {
    return [...this.rulesBySymbol.values()]
  }

  rulesOf(symbol: string): Rules | undefined {
    return this.rulesBySymbol.get(symbol)
  }

  /** Replaces the market; accounts and orders stay. */
  setMarket(source: MarketSource): void {
    this.source.stop()
    this.follow(source)
    this.emit('market', source)
  }

  stop(): void {
    clearInterval(this.timer)
    this.source.stop()
    this.settle()
  }

  createAccount({ balances, publicKey, ...asked }: NewAccount): Account {
    const account = new Account({
      ...asked,
      id: this.engine.accounts.size + 1,
      apiKey: randomText(64),
      apiSecret: publicKey ?? randomText(64),
      apiPassphrase: asked.exchange === 'binance' ? null : randomText(20),
      createdTime: this.clock(),
    })
    const funds = Object.entries(balances).map(([asset, amount]) => [asset, parseDecimal(amount)] as const)
    if (funds.some(([, amount]) => amount.isNegative())) throw new RangeError('a balance may not be negative')
    this.store.addAccount(account.record)
    this.register(account)
    for (const [asset, amount] of funds) this.deposit(account, asset, amount)
    return account
  }

  accountOf(apiKey: string): Account | undefined {
    return this.accountsByKey.get(apiKey)
  }

  deposit(account: Account, asset: string, amount: Amount): void {
    this.engine.deposit(account, asset, amount, this.clock())
    this.commit()
  }

  /** Moves funds in or out, with a record of it. Throws RangeError when there is not so much free. */
  transfer(account: Account, asked: Pick<TransferRecord, 'kind' | 'asset' | 'amount' | 'fee'>): void {
    const { asset, amount, fee } = asked
    this.deposit(account, asset, isIncoming(asked) ? amount.minus(fee) : amount.plus(fee).negated())
    this.store.addTransfer({ ...asked, accountId: account.record.id, time: this.clock() })
  }

  /** Places one order at `time` (epoch ms). Throws Rejection. */
  place(account: Account, command: OrderCommand, time: number): Placed {
    const order = this.engine.place(account, command, time)
    const changes = this.commit()
    return { order, fills: changes.executions.filter((fill) => fill.orderId === order.id) }
  }

  placeList(account: Account, above: OrderCommand, below: OrderCommand, clientListId: string, time: number): OrderList {
    const list = this.engine.placeList(account, above, below, clientListId, time)
    this.commit()
    return list
  }

  placeChain(account: Account, command: ListCommand, time: number): { list: OrderList; orders: Order[] } {
    const placed = this.engine.placeChain(account, command, time)
    this.commit()
    return placed
  }

  /** Makes an open order smaller without costing it its place. Throws Rejection. */
  reduce(account: Account, order: Order, quantity: Amount, clientOrderId: string, time: number): Order[] {
    const changed = this.engine.reduce(account, order, quantity, clientOrderId, time)
    this.commit()
    return changed
  }

  cancel(account: Account, order: Order, cancelId: string, time: number): Order[] {
    const canceled = this.engine.cancel(account, order, cancelId, time)
    this.commit()
    return canceled
  }

  /** Changes an open order in place. Throws Rejection. */
  change(account: Account, order: Order, to: OrderChange, time: number): Placed {
    this.engine.change(account, order, to, time)
    const changes = this.commit()
    return { order, fills: changes.executions.filter((fill) => fill.orderId === order.id) }
  }

  /** The market as the engine sees it, made at most once per print. */
  view(symbol: string): MarketView | undefined {
    const trade = this.source.lastTrade(symbol)
    const rules = this.rulesBySymbol.get(symbol)
    if (trade === undefined || rules === undefined) return undefined
    const known = this.views.get(symbol)
    if (known?.trade === trade) return known.view
    const depth = depthAround(trade, rules, this.source.bestQuote?.(symbol))
    const view = { last: parseDecimal(trade.price), average: this.averagePrice(symbol), ...depth }
    this.views.set(symbol, { trade, view })
    return view
  }

  /** Volume-weighted average price of the last five minutes. */
  averagePrice(symbol: string): Amount {
    const now = this.source.now()
    const known = this.averages.get(symbol)
    if (known !== undefined && Math.abs(now - known.at) < AVERAGE_KEPT_MS) return known.value
    let quantity = 0
    let value = 0
    for (const trade of this.source.tradesBetween(symbol, now - AVERAGE_WINDOW_MS, now + 1, 5000)) {
      quantity += Number(trade.quantity)
      value += Number(trade.quantity) * Number(trade.price)
    }
    const last = Number(this.source.lastTrade(symbol)?.price ?? 0)
    const average = fromNumber(quantity > 0 ? value / quantity : last).toDecimalPlaces(8)
    this.averages.set(symbol, { at: now, value: average })
    return average
  }

  private follow(source: MarketSource): void {
    this.source = source
    this.views.clear()
    this.averages.clear()
    this.rulesBySymbol = new Map(source.rules.map((rules) => [rules.symbol, rules]))
    source.start((trade) => this.onTrade(trade))
  }

  private onTrade(trade: MarketTrade): void {
    this.emit('trade', trade)
    if (!this.engine.open.mayConcern(trade.symbol, Number(trade.price))) return
    this.engine.onPrint(trade.symbol, parseDecimal(trade.price), parseDecimal(trade.quantity), this.clock())
    this.commit()
  }

  private register(account: Account): void {
    this.engine.addAccount(account)
    this.accountsByKey.set(account.record.apiKey, account)
  }

  /** Resolves when everything done so far is committed and announced. */
  settled(): Promise<void> {
    return this.settling ?? Promise.resolve()
  }

  /** Writes what the command changed, and has it committed together with what else happens in this turn. */
  private commit(): Changes {
    const changes = this.engine.take()
    if (changes.orders.length === 0 && changes.balances.length === 0 && changes.lists.length === 0) return changes
    this.store.write(changes)
    this.unannounced.push(changes)
    this.settling ??= new Promise((resolve) => {
      setImmediate(() => {
        this.settle()
        resolve()
      })
    })
    return changes
  }

  private settle(): void {
    this.settling = undefined
    this.store.commit()
    const announced = this.unannounced
    this.unannounced = []
    for (const changes of announced) if (changes.reports.length > 0) this.emit('changes', changes)
  }
}
