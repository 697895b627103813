import type { Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import type { ExecutionClient } from '@/lib/exchanges/execution-client'

/**
 * All open orders of an account. Where the exchange refuses to answer without a pair, those of the pairs that the account
 * traded lately: a foreign order on another pair is then not seen.
 */
export async function allOpenOrders(
  client: Pick<ExecutionClient, 'openOrders'>,
  credentials: Credentials,
  recentSymbols: () => Promise<string[]>,
): Promise<ExchangeOrder[]> {
  try {
    return await client.openOrders(credentials)
  } catch (error) {
    if (!(error instanceof TradingError) || error.code !== 'BAD_REQUEST') throw error
    const symbols = await recentSymbols()
    return openOrdersOf(client, credentials, symbols)
  }
}

/** The open orders of some pairs. */
export async function openOrdersOf(
  client: Pick<ExecutionClient, 'openOrders'>,
  credentials: Credentials,
  symbols: Iterable<string>,
): Promise<ExchangeOrder[]> {
  const lists = await Promise.all([...symbols].map((symbol) => client.openOrders(credentials, symbol)))
  return lists.flat()
}
