import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import { readCredentials } from '@/lib/db/broker-repository'
import { signUp } from '@/lib/auth/sign-up'
import type { TradingType } from '@/lib/domain/account/broker'
import { type Installation, until } from './installation'

export interface TestAccount {
  userId: string
  brokerId: string
  apiKey: string
}

/** The exchange's own record of an account. */
export interface Ledger {
  balances: Record<string, { free: string; locked: string }>
  orders: { clientOrderId: string; status: string; side: string; type: string; executedQuantity?: string }[]
  fills: { orderId: string; price: string; quantity: string }[]
}

/** A user with a paper broker of 10,000 USDT whose markets are loaded (the gateway must run). */
export async function openAccount(
  installation: Installation,
  name: string,
  tradingType: TradingType = 'OFF',
): Promise<TestAccount> {
  const created = await signUp({ name, password: 'a password for tests' })
  if (!created.isCreated) throw new Error(`no user: ${created.reason}`)
  const brokerId = await createPaperBroker({
    userId: created.userId,
    name: 'Paper',
    exchangeId: 'binance',
    balances: { USDT: '10000' },
    tradingType,
    isDefault: true,
  })
  await until(
    async () =>
      (await installation.query('SELECT 1 FROM brokers WHERE id = $1 AND markets_loaded_at IS NOT NULL', [brokerId]))
        .length > 0,
    20_000,
    'markets loaded',
  )
  return { userId: created.userId, brokerId, apiKey: (await readCredentials(brokerId)).apiKey }
}

export const readLedger = (installation: Installation, account: TestAccount): Promise<Ledger> =>
  installation.control<Ledger>('GET', `ledger?apiKey=${account.apiKey}`)
