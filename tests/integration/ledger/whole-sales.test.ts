import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signUp } from '@/lib/auth/sign-up'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { EXCHANGE_IDS } from '@/lib/domain/account/broker'
import { openBroker } from '../../support/account'
import { type Installation, openInstallation, until } from '../../support/installation'
import { expectGainsExplained, expectPositionsFolded } from '../../support/reconciliation'
import { openSender } from '../../support/webhook-sender'

// Everything sold, again and again. Lot sizes and fees leave a rest each time, which the next sale takes along: the gains are
// the exchange's own to the last digit, whatever was left on the way.

const ROUNDS = 8

let installation: Installation

beforeAll(async () => {
  installation = await openInstallation('sales')
  for (const daemon of ['simulator', 'gateway', 'engine', 'receiver'] as const) await installation.start(daemon)
}, 60_000)
afterAll(async () => {
  await closePool()
  await disconnectPrisma()
  await installation.close()
})

describe.each(EXCHANGE_IDS)('everything bought and sold again at %s', (exchangeId) => {
  it('gains what the account gained', async () => {
    const created = await signUp({ name: `sales-${exchangeId}`, password: 'a password for tests' })
    if (!created.isCreated) throw new Error(created.reason)
    const account = await openBroker(installation, created.userId, exchangeId, 'WEBHOOK')
    const sender = await openSender(installation, account)
    const filled = (count: number) =>
      until(async () => {
        const [row] = await installation.query<{ all: number; done: number } & Record<string, never>>(
          `SELECT count(*)::int AS all, count(*) FILTER (WHERE status = 'FILLED' AND filled_quantity =
             (SELECT sum(quantity) FROM fills f WHERE f.client_order_id = trades.client_order_id))::int AS done
           FROM trades WHERE broker_id = $1`,
          [account.brokerId],
        )
        return row?.all === count && row.done === count
      }, 20_000)
    let leftOver = 0
    for (let round = 1; round <= ROUNDS; round++) {
      expect(await sender.order('BuyMarket', 7 * round)).toBe(200)
      await filled(2 * round - 1)
      expect(await sender.order('SellMarket', round % 3 === 0 ? 99.99 : 100)).toBe(200)
      await filled(2 * round)
      const [position] = await installation.query(
        'SELECT quantity::text, dust_quantity::text AS dust FROM positions WHERE broker_id = $1',
        [account.brokerId],
      )
      expect(Number(position?.['quantity'])).toBe(0)
      if (Number(position?.['dust']) > 0) leftOver += 1
      await expectGainsExplained(installation, account, '10000')
    }
    // Else this shows nothing.
    expect(leftOver).toBeGreaterThan(0)
    expect(await expectPositionsFolded(installation, account)).toBe(1)
  }, 90_000)
})
