import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Gateway } from '@/daemons/gateway/commands'
import { findActiveBrokers } from '@/lib/db/broker-repository'
import { fromInteger } from '@/lib/domain/money/decimal'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import type { Env } from '@/lib/platform/env'
import { newClientOrderId } from '@/lib/platform/ids'

// The first order after a start goes out as quickly as the hundredth: the code on its way has run before, against a door in
// this process that opens to nothing. No exchange hears of it.

/** Fewer than any exchange allows in a second: their limits are kept here, too. */
const ROUNDS = 8

const CREDENTIALS = { apiKey: 'rehearsal', apiSecret: 'rehearsal', apiPassphrase: 'rehearsal' }

async function openDoor(): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(400, { 'content-type': 'application/json' }).end('{}'))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

/** Sends orders of no account to nobody, by the code of every exchange in use. */
export async function rehearseSend(gateway: Gateway, env: Env): Promise<void> {
  const { server, port } = await openDoor()
  const registry = new ExchangeRegistry({
    clock: gateway.clock,
    env: { ...env, SIMULATOR_HOST: '127.0.0.1', SIMULATOR_PORT: port },
  })
  try {
    for (const exchangeId of new Set((await findActiveBrokers()).map((broker) => broker.exchangeId))) {
      const client = registry.executionClient(exchangeId, 'PAPER')
      for (let round = 0; round < ROUNDS; round++) {
        const clientOrderId = newClientOrderId()
        // There is no such order to be taken.
        await gateway.claims.add('orders', clientOrderId)
        const order = {
          clientOrderId,
          symbol: 'BTC/USDT',
          side: 'BUY',
          type: 'MARKET',
          quoteQuantity: fromInteger(10),
        } as const
        await client.createOrder(CREDENTIALS, order, REHEARSED_INSTRUMENT).catch(() => undefined)
      }
    }
  } finally {
    await registry.close()
    server.closeAllConnections()
    server.close()
  }
}
