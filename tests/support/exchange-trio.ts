import { type Bus, createBus } from '@/lib/bus/bus'
import { signUp } from '@/lib/auth/sign-up'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { ensurePosition } from '@/lib/db/position-repository'
import { inTransaction } from '@/lib/db/transaction'
import { EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import type { OrderDraft } from '@/lib/domain/order/journal'
import { newClientOrderId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { openBroker, type TestAccount } from './account'
import type { Installation } from './installation'

const SYMBOL = 'BTC/USDT'

/** One user with an account at each of the three exchanges, and what gives orders there in place of the user. */
export interface ExchangeTrio {
  bus: Bus
  accountOf(exchange: ExchangeId): TestAccount
  /** An intent as a page would write it: a manual order on BTC/USDT. */
  draft(exchange: ExchangeId, change: Partial<OrderDraft>): Promise<OrderDraft>
  statusOf(clientOrderId: string): Promise<string>
  close(): Promise<void>
}

/** The gateway must run: it loads the markets. */
export async function openTrio(installation: Installation, name: string): Promise<ExchangeTrio> {
  const user = await signUp({ name, password: 'a password for tests' })
  if (!user.isCreated) throw new Error(user.reason)
  const bus = createBus({
    databaseUrl: installation.databaseUrl,
    name: 'test',
    log: createLogger('test', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  const accounts = new Map<ExchangeId, TestAccount>()
  const funds = { balances: { USDT: '100000', BTC: '5' } }
  for (const exchange of EXCHANGE_IDS)
    accounts.set(exchange, await openBroker(installation, user.userId, exchange, 'OFF', funds))
  const accountOf = (exchange: ExchangeId): TestAccount => {
    const account = accounts.get(exchange)
    if (account === undefined) throw new Error(`no account at ${exchange}`)
    return account
  }
  return {
    bus,
    accountOf,
    async draft(exchange, change) {
      const { userId, brokerId } = accountOf(exchange)
      const positionId = await inTransaction((tx) => ensurePosition(tx, { userId, brokerId, symbol: SYMBOL }))
      return {
        clientOrderId: newClientOrderId(),
        userId,
        brokerId,
        symbol: SYMBOL,
        side: 'BUY',
        type: 'MARKET',
        source: 'MANUAL',
        purpose: 'OTHER',
        positionId,
        sendBefore: Date.now() + 120_000,
        ...change,
      }
    },
    async statusOf(clientOrderId) {
      const [row] = await installation.query<{ status: string }>(
        'SELECT status::text FROM trades WHERE client_order_id = $1',
        [clientOrderId],
      )
      return row?.status ?? 'NONE'
    },
    async close() {
      await bus.close()
      await closePool()
      await disconnectPrisma()
    },
  }
}
