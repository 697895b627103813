import { createBroker } from '@/lib/db/broker-repository'
import { signUp } from '@/lib/auth/sign-up'
import type { AccountMode, Credentials, ExchangeId, TradingType } from '@/lib/domain/account/broker'
import { type Installation, until } from './installation'

export interface TestAccount {
  userId: string
  brokerId: string
  apiKey: string
}

/** The exchange's own record of an account. */
export interface Ledger {
  balances: Record<string, { free: string; locked: string }>
  orders: {
    id: number
    clientOrderId: string
    symbol: string
    status: string
    side: string
    type: string
    quantity: string
    filledQuantity: string
  }[]
  fills: {
    id: number
    orderId: number
    symbol: string
    side: string
    price: string
    quantity: string
    quoteQuantity: string
    fee: string
    feeAsset: string
  }[]
}

/** A user with a paper broker, of 10,000 USDT unless said otherwise, whose markets are loaded (the gateway must run). */
export async function openAccount(
  installation: Installation,
  name: string,
  tradingType: TradingType = 'OFF',
  funds: { balances: Record<string, string>; bnbBurn?: boolean } = { balances: { USDT: '10000' } },
): Promise<TestAccount> {
  const created = await signUp({ name, password: 'a password for tests' })
  if (!created.isCreated) throw new Error(`no user: ${created.reason}`)
  return openBroker(installation, created.userId, 'binance', tradingType, funds)
}

/** A paper broker more of a user, at any of the exchanges, whose markets are loaded. */
export async function openBroker(
  installation: Installation,
  userId: string,
  exchangeId: ExchangeId,
  tradingType: TradingType = 'OFF',
  account: { balances: Record<string, string>; bnbBurn?: boolean; accountMode?: AccountMode } = {
    balances: { USDT: '10000' },
  },
  name = exchangeId === 'binance' ? 'Paper' : `${exchangeId} ${account.accountMode ?? ''}`,
): Promise<TestAccount> {
  const keys = await installation.control<Omit<Credentials, 'apiPassphrase'> & { apiPassphrase: string | null }>(
    'POST',
    'accounts',
    {
      exchange: exchangeId,
      ...account,
    },
  )
  const { apiKey, apiSecret, apiPassphrase } = keys
  const brokerId = await createBroker({
    userId,
    name,
    exchangeId,
    environment: 'PAPER',
    tradingType,
    isDefault: name === 'Paper',
    credentials: { apiKey, apiSecret, ...(apiPassphrase === null ? {} : { apiPassphrase }) },
  })
  await until(
    async () =>
      (await installation.query('SELECT 1 FROM brokers WHERE id = $1 AND markets_loaded_at IS NOT NULL', [brokerId]))
        .length > 0,
    20_000,
    'markets loaded',
  )
  return { userId, brokerId, apiKey }
}

export const readLedger = (installation: Installation, account: TestAccount): Promise<Ledger> =>
  installation.control<Ledger>('GET', `ledger?apiKey=${account.apiKey}`)
