// npm run admin -- <command>: administration without the web page. The answer stands alone on the last line.
import { parseArgs } from 'node:util'
import { rotateKey, useInstallation } from '@/daemons/supervisor/data-folder'
import { createBus } from '@/lib/bus/bus'
import { type BrokerAccount, findBroker, readCredentials } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { findUserForSignIn } from '@/lib/db/user-repository'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { EXCHANGE_IDS, TRADING_TYPES } from '@/lib/domain/account/broker'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { systemClock } from '@/lib/platform/clock'
import { env, queueSettings } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'
import { createGatewayCaller } from '@/lib/use-cases/call-gateway'
import { type CancelAllDesk, cancelAllOrders } from '@/lib/use-cases/cancel-all-orders'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import { readPositions } from '@/lib/use-cases/read-positions'
import { reconcileAndWait } from '@/lib/use-cases/read-reconciliation'
import { z } from 'zod'

const RECONCILE_TIMEOUT_MS = 120_000

const USAGE = `usage: npm run admin -- <command>
  user-id <name>                    the id of a user
  webhook-token <name>              a new webhook token of the user; the old one ends
  paper-broker <name> --exchange <id> --balance USDT=10000 [--balance BTC=1] [--trading-type WEBHOOK] [--label <text>]
                                    a new paper broker of the user; prints its id
  broker-key <broker id>            the simulator key of a paper broker
  cancel-all <broker id> [symbol] [--foreign]
                                    ends its live orders, of one pair or all; with --foreign those placed elsewhere too
  positions <broker id>             what the account holds now, valued in USDT, as JSON
  reconcile <broker id>             compares journal and exchange now; prints the result as JSON
  rotate-key                        a new secret key; all that is sealed takes it at the next start`

class UsageError extends Error {}

async function userId(name: string | undefined): Promise<string> {
  if (name === undefined) throw new UsageError(USAGE)
  const user = await findUserForSignIn(name)
  if (user === null) throw new Error(`There is no user ${name}.`)
  return user.id
}

function balancesOf(pairs: string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [asset, amount] = pair.split('=')
      if (!asset || !amount || !/^[A-Z0-9]+$/.test(asset)) throw new UsageError(`--balance ${pair}: write ASSET=amount`)
      return [asset, toWire(parseDecimal(amount))]
    }),
  )
}

async function paperBroker(name: string | undefined, options: Options): Promise<string> {
  const owner = await userId(name)
  return createPaperBroker({
    userId: owner,
    name: options.label ?? `Paper ${new Date().toISOString().slice(0, 19)} ${Math.random().toString(36).slice(2, 6)}`,
    exchangeId: z.enum(EXCHANGE_IDS).parse(options.exchange),
    balances: balancesOf(options.balance),
    tradingType: z.enum(TRADING_TYPES).parse(options['trading-type']),
    isDefault: false,
  })
}

async function brokerKey(id: string | undefined): Promise<string> {
  const broker = await brokerOf(id)
  if (broker.environment !== 'PAPER') throw new Error('Keys of real accounts are never shown.')
  return (await readCredentials(broker.id)).apiKey
}

async function brokerOf(id: string | undefined): Promise<BrokerAccount> {
  const broker = id === undefined ? null : await findBroker(z.uuid().parse(id))
  if (broker === null) throw new Error(`There is no broker ${id ?? ''}.`)
  return broker
}

/** A line to the gateway, which must be at work, for as long as it is needed. */
async function withGateway<T>(use: (desk: CancelAllDesk) => Promise<T>): Promise<T> {
  const settings = env()
  const log = createLogger('admin', settings.LOG_LEVEL)
  const bus = createBus({ name: 'admin', ...queueSettings(settings), log, onRejected: keepRejectedMessage })
  const gateway = createGatewayCaller(bus, systemClock)
  try {
    return await use({ bus, gateway, clock: systemClock })
  } finally {
    await gateway.close()
    await bus.close()
  }
}

async function cancelAll(id: string | undefined, symbol: string | undefined, isForeignIncluded: boolean) {
  const broker = await brokerOf(id)
  const { asked, atExchange } = await withGateway((desk) =>
    cancelAllOrders(desk, broker.id, { symbol, isForeignIncluded }),
  )
  return `${asked} orders of the journal, ${atExchange} at the exchange`
}

async function positions(id: string | undefined): Promise<string> {
  const broker = await brokerOf(id)
  return JSON.stringify(await withGateway(({ gateway }) => readPositions(gateway, broker.id, { valuedIn: 'USDT' })))
}

/** The tracker must be at work: it does it. */
async function reconcile(id: string | undefined): Promise<string> {
  const broker = await brokerOf(id)
  return JSON.stringify(await reconcileAndWait(broker.id, systemClock, RECONCILE_TIMEOUT_MS))
}

interface Options {
  exchange: string
  balance: string[]
  'trading-type': string
  label?: string | undefined
}

async function run(): Promise<string> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      exchange: { type: 'string', default: 'binance' },
      balance: { type: 'string', multiple: true, default: ['USDT=10000'] },
      'trading-type': { type: 'string', default: 'OFF' },
      label: { type: 'string' },
      foreign: { type: 'boolean', default: false },
    },
  })
  const [command, argument, symbol] = positionals
  switch (command) {
    case 'user-id':
      return userId(argument)
    case 'webhook-token':
      return issueWebhookToken(await userId(argument))
    case 'paper-broker':
      return paperBroker(argument, values)
    case 'broker-key':
      return brokerKey(argument)
    case 'cancel-all':
      return cancelAll(argument, symbol, values.foreign)
    case 'positions':
      return positions(argument)
    case 'reconcile':
      return reconcile(argument)
    case 'rotate-key':
      rotateKey()
      return 'A new secret key was made. Restart Aristobot: it seals everything anew and ends all sessions.'
    case undefined:
    default:
      throw new UsageError(USAGE)
  }
}

useInstallation()
try {
  console.log(await run())
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await disconnectPrisma()
  await closePool()
}
