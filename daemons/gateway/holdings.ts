import type { Credentials } from '@/lib/domain/account/broker'
import type { Holding } from '@/lib/domain/account/holding'
import { ONE, ZERO } from '@/lib/domain/money/decimal'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'

/**
 * The positions of a spot account: every asset that it holds, valued in one of them, the most valuable first. Alike at every
 * exchange, from balances and tickers.
 */
export async function readHoldings(
  client: Pick<ExecutionClient, 'getBalance' | 'getTickers'>,
  credentials: Credentials,
  valuedIn: string,
): Promise<Holding[]> {
  const balances = await client.getBalance(credentials)
  // All of them in one call: an exchange refuses a list with a pair that it does not have.
  const isAlone = balances.every(({ asset }) => asset === valuedIn)
  const tickers = isAlone ? [] : await client.getTickers()
  const prices = new Map(tickers.map(({ symbol, lastPrice }) => [symbol, lastPrice]))
  const holdings = balances.map(({ asset, total: quantity, free, locked }): Holding => {
    if (asset === valuedIn) return { asset, symbol: null, quantity, free, locked, price: ONE, value: quantity }
    const symbol = `${asset}/${valuedIn}`
    const price = prices.get(symbol) ?? null
    const isPriced = price !== null && price.gt(0)
    return {
      asset,
      symbol: isPriced ? symbol : null,
      quantity,
      free,
      locked,
      price: isPriced ? price : null,
      value: isPriced ? quantity.times(price) : null,
    }
  })
  return holdings.sort((a, b) => (b.value ?? ZERO).comparedTo(a.value ?? ZERO))
}
