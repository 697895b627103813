import type { Credentials } from '@/lib/domain/account/broker'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { parseDecimal } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill, OrderRequest } from '@/lib/domain/order/order'
import type { FillsFrom } from '@/lib/exchanges/execution-client'
import {
  type AccountApi,
  CLOCK_SLACK,
  earliest,
  type Plan,
  type StoreReference,
} from '@/lib/exchanges/bitget/account-api'
import { isBefore, wantedFills } from '@/lib/exchanges/bitget/fill-range'
import type { LastPrices } from '@/lib/exchanges/bitget/last-prices'
import { isUnknownOrder } from '@/lib/exchanges/bitget/map-error'
import * as map from '@/lib/exchanges/bitget/map-unified'
import { mapFinancialRecord } from '@/lib/exchanges/bitget/map-transfer'
import type { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import { PAGE, type Page, readPages } from '@/lib/exchanges/bitget/pages'
import { onlyMatch } from '@/lib/exchanges/bitget/plan-child'
import { PlanTypes } from '@/lib/exchanges/bitget/plan-types'
import type { UnifiedRawClient } from '@/lib/exchanges/bitget/unified-raw-client'
import type { FinancialRecord, Strategy, UnifiedOrder } from '@/lib/exchanges/bitget/unified-schemas'

const LIMIT = PAGE.toFixed()
const SPOT = { category: 'SPOT' }
/** At most so far between start and end of financial records. */
const RECORD_SPAN = 30 * 86_400_000

/** A unified account (UTA): the v3 endpoints. */
export class UnifiedAccount implements AccountApi {
  readonly #raw: UnifiedRawClient
  readonly #markets: BitgetMarkets
  readonly #prices: LastPrices
  readonly #now: () => EpochMs
  readonly #types = new PlanTypes()

  constructor(raw: UnifiedRawClient, markets: BitgetMarkets, prices: LastPrices, now: () => EpochMs) {
    this.#raw = raw
    this.#markets = markets
    this.#prices = prices
    this.#now = now
  }

  async report(credentials: Credentials) {
    const { permissions, permType, ips } = await this.#raw.info(credentials)
    return {
      canTrade: permissions.includes('uta_trade') && permType !== 'read-only',
      canWithdraw: permissions.includes('withdraw'),
      isIpRestricted: (ips ?? '') !== '',
      accountType: 'UTA',
      accountMode: 'UNIFIED' as const,
    }
  }

  async balances(credentials: Credentials) {
    const { assets } = await this.#raw.assets(credentials)
    return assets.map(({ coin: asset, balance, available }) => {
      const [total, free] = [parseDecimal(balance), parseDecimal(available)]
      return { asset, free, locked: total.minus(free), total }
    })
  }

  async fees(credentials: Credentials, symbol: string) {
    const params = { ...SPOT, symbol: this.#markets.nativeNameOf(symbol) }
    const { makerFeeRate, takerFeeRate } = await this.#raw.feeRate(credentials, params)
    return { symbol, maker: parseDecimal(makerFeeRate), taker: parseDecimal(takerFeeRate) }
  }

  async fills(credentials: Credentials, symbol: string, from: FillsFrom): Promise<Fill[]> {
    const exchangeSymbol = this.#markets.nativeNameOf(symbol)
    const query = {
      ...SPOT,
      symbol: exchangeSymbol,
      startTime: 'fromTime' in from ? earliest(from.fromTime, this.#now()).toFixed() : undefined,
      limit: LIMIT,
    }
    const rows = await readPages(
      async (cursor) => listPage(await this.#raw.fills(credentials, { ...query, cursor })),
      (page) => page.some((fill) => isBefore(from, fill.execId, +(fill.createdTime ?? 0))),
    )
    // The endpoint is documented without a symbol: others may come along.
    const own = rows.filter((fill) => fill.symbol === exchangeSymbol)
    return wantedFills(
      own.map((fill) => map.mapUnifiedFill(fill, symbol)),
      from,
    )
  }

  /** Deposits are listed under trading or under the rest: both are asked for. */
  async transfers(credentials: Credentials, from: EpochMs) {
    const now = this.#now()
    const rows: FinancialRecord[] = []
    for (const category of ['SPOT', 'OTHER'])
      for (let start = earliest(from, now); start <= now; start += RECORD_SPAN) {
        const end = Math.min(start + RECORD_SPAN - 1, now + CLOCK_SLACK)
        const query = { category, startTime: start.toFixed(), endTime: end.toFixed(), limit: LIMIT }
        const read = async (cursor: string | undefined) =>
          listPage(await this.#raw.financialRecords(credentials, { ...query, cursor }))
        rows.push(...(await readPages(read)))
      }
    // One that both lists hold is one.
    return [...new Map(rows.map((row) => [row.id, row])).values()].flatMap(mapFinancialRecord)
  }

  async placePlain(credentials: Credentials, request: OrderRequest) {
    const body = map.unifiedPlaceBody(request, this.#markets.nativeNameOf(request.symbol))
    return { exchangeOrderId: (await this.#raw.placeOrder(credentials, body)).orderId ?? '' }
  }

  async placePlan(credentials: Credentials, request: OrderRequest) {
    const body = map.strategyBody(request, this.#markets.nativeNameOf(request.symbol))
    const { orderId } = await this.#raw.placeStrategyOrder(credentials, body)
    this.#types.learn(orderId ?? '', request.type)
    return { exchangeOrderId: orderId ?? '' }
  }

  async cancelPlain(credentials: Credentials, symbol: string, target: StoreReference) {
    await this.#raw.cancelOrder(credentials, { ...SPOT, symbol: this.#markets.nativeNameOf(symbol), ...target })
  }

  async cancelPlan(credentials: Credentials, _symbol: string, target: StoreReference) {
    await this.#raw.cancelStrategyOrder(credentials, target)
  }

  async cancelAll(credentials: Credentials, symbol: string, plans: ExchangeOrder[], hasPlain: boolean) {
    if (hasPlain)
      await this.#raw.cancelSymbolOrder(credentials, { ...SPOT, symbol: this.#markets.nativeNameOf(symbol) })
    for (const plan of plans) {
      await this.#raw.cancelStrategyOrder(credentials, { orderId: plan.exchangeOrderId }).catch((error: unknown) => {
        // It has fired or ended since it was listed.
        if (!isUnknownOrder(error)) throw error
      })
    }
  }

  async changePlain(credentials: Credentials, order: ExchangeOrder, to: OrderRequest) {
    await this.#raw.modifyOrder(credentials, {
      orderId: order.exchangeOrderId,
      qty: to.quantity?.toFixed(),
      price: to.limitPrice?.toFixed(),
      autoCancel: 'no',
    })
  }

  async changePlan(credentials: Credentials, order: ExchangeOrder, to: OrderRequest) {
    await this.#raw.modifyStrategyOrder(credentials, { orderId: order.exchangeOrderId, ...map.strategyConditions(to) })
  }

  async plain(credentials: Credentials, symbol: string, target: StoreReference) {
    const row = await this.#raw.orderInfo(credentials, { ...target }).catch((error: unknown) => {
      if (isUnknownOrder(error)) return null
      throw error
    })
    return row === null ? null : map.mapUnifiedOrder(row, symbol)
  }

  async openPlain(credentials: Credentials, symbol?: string) {
    const query = { ...SPOT, symbol: symbol && this.#markets.nativeNameOf(symbol), limit: LIMIT }
    const rows = await readPages(async (cursor) =>
      listPage(await this.#raw.unfilledOrders(credentials, { ...query, cursor })),
    )
    return this.#named(rows, symbol)
  }

  async closedPlain(credentials: Credentials, symbol: string, from: EpochMs) {
    const startTime = earliest(from, this.#now()).toFixed()
    const query = { ...SPOT, symbol: this.#markets.nativeNameOf(symbol), startTime, limit: LIMIT }
    const rows = await readPages(async (cursor) =>
      listPage(await this.#raw.historyOrders(credentials, { ...query, cursor })),
    )
    return this.#named(rows, symbol)
  }

  async openPlans(credentials: Credentials, symbol?: string) {
    const rows = (await this.#raw.unfilledStrategyOrders(credentials, SPOT)) ?? []
    return this.#plans(rows, symbol)
  }

  async closedPlans(credentials: Credentials, symbol: string, from: EpochMs) {
    const query = { ...SPOT, startTime: earliest(from, this.#now()).toFixed(), limit: LIMIT }
    const rows = await readPages(async (cursor) =>
      listPage(await this.#raw.historyStrategyOrders(credentials, { ...query, cursor })),
    )
    return this.#plans(rows, symbol)
  }

  /** v3 names no link between the two: the order must be the only one that it can be. */
  async childOf(credentials: Credentials, plan: Plan) {
    const { symbol, updatedTime } = plan.order
    const [open, closed] = [
      await this.openPlain(credentials, symbol),
      await this.closedPlain(credentials, symbol, updatedTime - 60_000),
    ]
    return onlyMatch(plan, [...open, ...closed])
  }

  async #named(rows: UnifiedOrder[], symbol: string | undefined): Promise<ExchangeOrder[]> {
    return Promise.all(
      rows.map(async (row) => map.mapUnifiedOrder(row, symbol ?? (await this.#markets.nameOf(row.symbol)))),
    )
  }

  /** These lists know no pair. */
  async #plans(rows: Strategy[], symbol: string | undefined): Promise<Plan[]> {
    const wanted = symbol === undefined ? undefined : this.#markets.nativeNameOf(symbol)
    const plans: Plan[] = []
    for (const row of rows) {
      if (wanted !== undefined && row.symbol !== wanted) continue
      const name = await this.#markets.nameOf(row.symbol)
      const plan = this.#types.understood(map.mapStrategy(row, name, await this.#prices.of(name)))
      plans.push(plan)
    }
    return plans
  }
}

const listPage = <Row>(page: {
  list?: Row[] | null | undefined
  cursor?: string | number | null | undefined
}): Page<Row> => {
  const rows = page.list ?? []
  const cursor = page.cursor === null || page.cursor === undefined ? '' : String(page.cursor)
  return { rows, next: rows.length < PAGE || cursor === '' ? null : cursor }
}
