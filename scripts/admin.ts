// npm run admin -- <command>: administration without the web page. The answer stands alone on the last line.
import { parseArgs } from 'node:util'
import { rotateKey, useInstallation } from '@/daemons/supervisor/data-folder'
import { findBroker, readCredentials } from '@/lib/db/broker-repository'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { findUserForSignIn } from '@/lib/db/user-repository'
import { issueWebhookToken } from '@/lib/db/webhook-token-repository'
import { EXCHANGE_IDS, TRADING_TYPES } from '@/lib/domain/account/broker'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import { createPaperBroker } from '@/lib/use-cases/create-paper-broker'
import { z } from 'zod'

const USAGE = `usage: npm run admin -- <command>
  user-id <name>                    the id of a user
  webhook-token <name>              a new webhook token of the user; the old one ends
  paper-broker <name> --exchange <id> --balance USDT=10000 [--balance BTC=1] [--trading-type WEBHOOK] [--label <text>]
                                    a new paper broker of the user; prints its id
  broker-key <broker id>            the simulator key of a paper broker
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
  const broker = id === undefined ? null : await findBroker(z.uuid().parse(id))
  if (broker === null) throw new Error(`There is no broker ${id ?? ''}.`)
  if (broker.environment !== 'PAPER') throw new Error('Keys of real accounts are never shown.')
  return (await readCredentials(broker.id)).apiKey
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
    },
  })
  const [command, argument] = positionals
  switch (command) {
    case 'user-id':
      return userId(argument)
    case 'webhook-token':
      return issueWebhookToken(await userId(argument))
    case 'paper-broker':
      return paperBroker(argument, values)
    case 'broker-key':
      return brokerKey(argument)
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
