import { findBroker, readCredentials } from '@/lib/db/broker-repository'
import { findInstrument } from '@/lib/db/instrument-repository'
import type { Amount } from '@/lib/domain/money/decimal'
import { roundToStep } from '@/lib/domain/money/rounding'
import type { OrderRequest } from '@/lib/domain/order/order'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'
import type { TestAccount } from './account'
import type { Installation } from './installation'

/** The account's owner at the exchange's own site: acts with the account's key, past the bot. */
export async function openExchange(installation: Installation, account: TestAccount) {
  const broker = await findBroker(account.brokerId)
  if (broker === null) throw new Error('no broker')
  const registry = new ExchangeRegistry({ clock: Date.now, env: parseEnv({ ...process.env, ...installation.env }) })
  const client = registry.executionClient(broker.exchangeId, broker.environment)
  const credentials = await readCredentials(account.brokerId)
  const instrumentOf = async (symbol: string) => {
    const instrument = await findInstrument(account.brokerId, symbol)
    if (instrument === null) throw new Error(`no ${symbol}`)
    return instrument
  }
  const place = async (request: Omit<OrderRequest, 'clientOrderId'>) =>
    client.createOrder(
      credentials,
      { clientOrderId: newClientOrderId(), ...request },
      await instrumentOf(request.symbol),
    )
  return {
    place,
    async sell(symbol: string, quantity: Amount) {
      const { stepSize } = await instrumentOf(symbol)
      return place({ symbol, side: 'SELL', type: 'MARKET', quantity: roundToStep(quantity, stepSize) })
    },
    cancelAll: (symbol: string) => client.cancelAll(credentials, symbol),
    close: () => registry.close(),
  }
}
