import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
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
import type { LastPrices } from '@/lib/exchanges/bitget/last-prices'
import { mapFill, mapOrder, mapPlan, placeBody, planBody, planConditions } from '@/lib/exchanges/bitget/map-classic'
import { isUnknownOrder } from '@/lib/exchanges/bitget/map-error'
import { mapBill } from '@/lib/exchanges/bitget/map-transfer'
import type { BitgetMarkets } from '@/lib/exchanges/bitget/markets'
import { isBefore, wantedFills } from '@/lib/exchanges/bitget/fill-range'
import { PAGE, pageByLastId, readPages } from '@/lib/exchanges/bitget/pages'
import { PlanTypes } from '@/lib/exchanges/bitget/plan-types'
import type { BitgetRawClient } from '@/lib/exchanges/bitget/raw-client'
import type { BitgetOrder, BitgetPlan } from '@/lib/exchanges/bitget/schemas'
import { amountOf } from '@/lib/exchanges/bitget/words'

const LIMIT = PAGE.toFixed()

/** Words of the key's rights (account/info): trading on spot, taking funds out. */
const MAY_TRADE = ['stow', 'trade']
const MAY_WITHDRAW = ['wwow', 'withdraw']

/** A Classic account: the v2 endpoints. */
export class ClassicAccount implements AccountApi {
  readonly #raw: BitgetRawClient
  readonly #markets: BitgetMarkets
  readonly #prices: LastPrices
  readonly #now: () => EpochMs
  readonly #types = new PlanTypes()
  readonly #planSymbols = new Set<string>()

  constructor(raw: BitgetRawClient, markets: BitgetMarkets, prices: LastPrices, now: () => EpochMs) {
    this.#raw = raw
    this.#markets = markets
    this.#prices = prices
    this.#now = now
  }

  async report(credentials: Credentials) {
    const { authorities, ips } = await this.#raw.accountInfo(credentials)
    const has = (rights: string[]) => authorities.some((right) => rights.includes(right.toLowerCase()))
    return {
      canTrade: has(MAY_TRADE),
      canWithdraw: has(MAY_WITHDRAW),
      isIpRestricted: (ips ?? '') !== '',
      accountType: 'SPOT',
      accountMode: 'CLASSIC' as const,
    }
  }

  async balances(credentials: Credentials) {
    const assets = await this.#raw.assets(credentials, { assetType: 'hold_only' })
    return assets.map(({ coin: asset, available, frozen, locked: other }) => {
      const [free, locked] = [parseDecimal(available), parseDecimal(frozen).plus(amountOf(other))]
      return { asset, free, locked, total: free.plus(locked) }
    })
  }

  async fees(credentials: Credentials, symbol: string) {
    const params = { symbol: this.#markets.nativeNameOf(symbol), businessType: 'spot' }
    const { makerFeeRate, takerFeeRate } = await this.#raw.tradeRate(credentials, params)
    return { symbol, maker: parseDecimal(makerFeeRate), taker: parseDecimal(takerFeeRate) }
  }

  async fills(credentials: Credentials, symbol: string, from: FillsFrom): Promise<Fill[]> {
    const now = this.#now()
    const query = {
      symbol: this.#markets.nativeNameOf(symbol),
      startTime: 'fromTime' in from ? earliest(from.fromTime, now).toFixed() : undefined,
      limit: LIMIT,
    }
    const rows = await readPages(
      async (idLessThan) =>
        pageByLastId(await this.#raw.fills(credentials, { ...query, idLessThan }), (fill) => fill.tradeId),
      (page) => page.some((fill) => isBefore(from, fill.tradeId, +fill.cTime)),
    )
    return wantedFills(
      rows.map((fill) => mapFill(fill, symbol)),
      from,
    )
  }

  async transfers(credentials: Credentials, from: EpochMs) {
    const now = this.#now()
    const query = { startTime: earliest(from, now).toFixed(), endTime: (now + CLOCK_SLACK).toFixed(), limit: LIMIT }
    const rows = await readPages(async (idLessThan) =>
      pageByLastId((await this.#raw.accountBills(credentials, { ...query, idLessThan })) ?? [], (bill) => bill.billId),
    )
    return rows.flatMap(mapBill)
  }

  async placePlain(credentials: Credentials, request: OrderRequest) {
    const ids = await this.#raw.placeOrder(credentials, placeBody(request, this.#markets.nativeNameOf(request.symbol)))
    return { exchangeOrderId: ids.orderId ?? '' }
  }

  async placePlan(credentials: Credentials, request: OrderRequest) {
    const ids = await this.#raw.placePlanOrder(
      credentials,
      planBody(request, this.#markets.nativeNameOf(request.symbol)),
    )
    this.#types.learn(ids.orderId ?? '', request.type)
    this.#planSymbols.add(request.symbol)
    return { exchangeOrderId: ids.orderId ?? '' }
  }

  async cancelPlain(credentials: Credentials, symbol: string, target: StoreReference) {
    await this.#raw.cancelOrder(credentials, { symbol: this.#markets.nativeNameOf(symbol), ...target })
  }

  async cancelPlan(credentials: Credentials, _symbol: string, target: StoreReference) {
    await this.#raw.cancelPlanOrder(credentials, target)
  }

  async cancelAll(credentials: Credentials, symbol: string, plans: ExchangeOrder[], hasPlain: boolean) {
    const exchangeSymbol = this.#markets.nativeNameOf(symbol)
    if (hasPlain) await this.#raw.cancelSymbolOrder(credentials, { symbol: exchangeSymbol })
    if (plans.length > 0) await this.#raw.batchCancelPlanOrder(credentials, { symbolList: [exchangeSymbol] })
  }

  async changePlan(credentials: Credentials, order: ExchangeOrder, to: OrderRequest) {
    await this.#raw.modifyPlanOrder(credentials, { orderId: order.exchangeOrderId, ...planConditions(to) })
  }

  async plain(credentials: Credentials, symbol: string, target: StoreReference) {
    const rows = await this.#raw.orderInfo(credentials, { ...target }).catch((error: unknown) => {
      if (isUnknownOrder(error)) return null
      throw error
    })
    const row = rows?.[0]
    return row === undefined ? null : mapOrder(row, symbol)
  }

  async openPlain(credentials: Credentials, symbol?: string) {
    const asked = symbol === undefined ? undefined : this.#markets.nativeNameOf(symbol)
    const lists = await Promise.all(
      ['normal', 'tpsl'].map((tpslType) =>
        readPages(async (idLessThan) =>
          pageByLastId(
            await this.#raw.unfilledOrders(credentials, { symbol: asked, tpslType, idLessThan, limit: LIMIT }),
            (order) => order.orderId,
          ),
        ),
      ),
    )
    return this.#named(lists.flat(), symbol)
  }

  async closedPlain(credentials: Credentials, symbol: string, from: EpochMs) {
    const query = {
      symbol: this.#markets.nativeNameOf(symbol),
      startTime: earliest(from, this.#now()).toFixed(),
      limit: LIMIT,
    }
    const rows = await readPages(async (idLessThan) =>
      pageByLastId(await this.#raw.historyOrders(credentials, { ...query, idLessThan }), (order) => order.orderId),
    )
    return this.#named(rows, symbol)
  }

  /**
   * The list of all pairs is not documented for certain: where Bitget wants a pair, those are asked for that this process has
   * seen plans of. An order that is missing then is still found by its id.
   */
  async openPlans(credentials: Credentials, symbol?: string): Promise<Plan[]> {
    if (symbol !== undefined) this.#planSymbols.add(symbol)
    const asked = symbol === undefined ? undefined : this.#markets.nativeNameOf(symbol)
    let rows: BitgetPlan[]
    try {
      rows = await readPages(async (idLessThan) =>
        planPage(await this.#raw.currentPlanOrder(credentials, { symbol: asked, idLessThan, limit: LIMIT })),
      )
    } catch (error) {
      if (symbol !== undefined || !(error instanceof TradingError) || error.code !== 'BAD_REQUEST') throw error
      const lists: Plan[][] = []
      for (const known of this.#planSymbols) lists.push(await this.openPlans(credentials, known))
      return lists.flat()
    }
    const plans: Plan[] = []
    for (const row of rows) {
      const name = symbol ?? (await this.#markets.nameOf(row.symbol))
      plans.push(this.#types.understood(mapPlan(row, name, await this.#prices.of(name))))
    }
    return plans
  }

  async closedPlans(credentials: Credentials, symbol: string, from: EpochMs) {
    const now = this.#now()
    const query = {
      symbol: this.#markets.nativeNameOf(symbol),
      startTime: earliest(from, now).toFixed(),
      endTime: now.toFixed(),
      limit: LIMIT,
    }
    const rows = await readPages(async (idLessThan) =>
      planPage(await this.#raw.historyPlanOrder(credentials, { ...query, idLessThan })),
    )
    return rows.map((row) => this.#types.understood(mapPlan(row, symbol)))
  }

  async childOf(credentials: Credentials, { order }: Plan) {
    const rows = await this.#raw.planSubOrder(credentials, { planOrderId: order.exchangeOrderId })
    return rows?.[0]?.orderId ?? null
  }

  async #named(rows: BitgetOrder[], symbol: string | undefined): Promise<ExchangeOrder[]> {
    return Promise.all(rows.map(async (row) => mapOrder(row, symbol ?? (await this.#markets.nameOf(row.symbol)))))
  }
}

const planPage = (page: { orderList?: BitgetPlan[] | null | undefined; nextFlag?: boolean | null | undefined }) => {
  const rows = page.orderList ?? []
  return { rows, next: page.nextFlag === true ? (rows.at(-1)?.orderId ?? null) : null }
}
