import type { Transfer } from '@/lib/domain/account/transfer'
import type { Instrument } from '@/lib/domain/market/instrument'
import { type Amount, parseDecimal as d } from '@/lib/domain/money/decimal'
import type { ExchangeOrder, Fill } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type { GatewayCaller } from '@/lib/use-cases/call-gateway'

type Question = Record<string, string | number | undefined>

/** An exchange account as the gateway tells of it, kept in memory: a test says what stands there, and at what times. */
export interface StandIn {
  gateway: GatewayCaller
  balances: Map<string, Amount>
  orders: ExchangeOrder[]
  fills: Fill[]
  /** Last prices, by symbol. */
  prices: Map<string, Amount>
  /** Closes of minutes in which something was traded, by symbol and time of their opening. */
  closes: Map<string, Amount>
  /** What changed the funds without an execution. */
  transfers: Transfer[]
  /** Questions that are refused: by kind, or by kind and symbol. */
  refused: Map<string, Error>
  asked: { kind: string; request: Question }[]
}

export const pairOf = (symbol: string): Instrument => ({
  symbol,
  exchangeSymbol: symbol.replace('/', ''),
  baseAsset: symbol.split('/')[0] ?? '',
  quoteAsset: symbol.split('/')[1] ?? '',
  tickSize: d('0.01'),
  stepSize: d('0.0001'),
  minQuantity: d('0.0001'),
  maxQuantity: d('9000'),
  marketStepSize: d('0.0001'),
  marketMaxQuantity: d('9000'),
  quoteStepSize: d('0.01'),
  minNotional: d('5'),
  isTrading: true,
  isOcoAllowed: true,
  orderTypes: ['MARKET'],
})

export function openStandIn(): StandIn {
  const account: Omit<StandIn, 'gateway'> = {
    balances: new Map(),
    orders: [],
    fills: [],
    prices: new Map(),
    closes: new Map(),
    transfers: [],
    refused: new Map(),
    asked: [],
  }
  const { orders, fills, prices, closes, transfers } = account
  const answers: Record<string, (request: Question) => unknown> = {
    get_balance: () => [...account.balances].map(([asset, total]) => ({ asset, free: total, locked: d('0'), total })),
    open_orders: () => orders.filter(({ status }) => isOpen(status)),
    order_history: ({ symbol, fromTime }) =>
      orders.filter((order) => order.symbol === symbol && order.createdTime >= Number(fromTime)),
    my_trades: ({ symbol, fromTime }) =>
      fills.filter((fill) => fill.symbol === symbol && fill.tradeTime >= Number(fromTime)),
    get_order: ({ symbol, clientOrderId, exchangeOrderId }) =>
      orders.find(
        (order) =>
          order.symbol === symbol &&
          (exchangeOrderId === undefined
            ? order.clientOrderId === clientOrderId
            : order.exchangeOrderId === exchangeOrderId),
      ) ?? null,
    get_ticker: ({ symbol }) => {
      const lastPrice = prices.get(String(symbol))
      if (lastPrice === undefined) throw new Error(`no market ${String(symbol)}`)
      return { symbol, lastPrice, bidPrice: lastPrice, askPrice: lastPrice, closeTime: 0 }
    },
    get_candles: ({ symbol, timeframe, startTime, endTime }) =>
      [...closes].flatMap(([key, close]) => {
        const [of, openTime] = key.split(' ')
        const isAsked = of === symbol && Number(openTime) >= Number(startTime) && Number(openTime) <= Number(endTime)
        return isAsked && timeframe === '1m' ? [{ symbol, openTime: Number(openTime), close }] : []
      }),
    get_transfers: ({ fromTime }) => transfers.filter(({ time }) => time >= Number(fromTime)),
  }
  const call = (_brokerId: string, kind: string, request: Question): Promise<never> => {
    account.asked.push({ kind, request })
    const refusal = account.refused.get(kind) ?? account.refused.get(`${kind} ${String(request['symbol'])}`)
    if (refusal !== undefined) return Promise.reject(refusal)
    return new Promise((resolve) => resolve(answers[kind]?.(request) as never))
  }
  return { ...account, gateway: { call } as GatewayCaller }
}
