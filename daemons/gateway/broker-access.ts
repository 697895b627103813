import { findBroker, openCredentials, readCredentials } from '@/lib/db/broker-repository'
import { findInstrument, replaceInstruments } from '@/lib/db/instrument-repository'
import type { Credentials, Environment } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { Amount } from '@/lib/domain/money/decimal'
import type { ExecutionClient, OnProgress } from '@/lib/exchanges/execution-client'
import type { ExchangeRegistry } from '@/lib/exchanges/registry'
import type { Clock } from '@/lib/platform/clock'

/** What a command needs of its broker: the exchange's client and the keys to act with. */
export interface BrokerAccess {
  brokerId: string
  userId: string
  client: ExecutionClient
  credentials: Credentials
}

/** Opens brokers for commands. Keys are kept for a short while and market rules longer, so that an order reads neither. */
export interface BrokerDesk {
  open(brokerId: string): Promise<BrokerAccess>
  /** With keys that are tried before they are kept; also of a broker that is not switched on yet. */
  openCandidate(brokerId: string, candidate: Candidate): Promise<BrokerAccess>
  /** Reads it anew, whatever is kept. */
  refresh(brokerId: string): Promise<BrokerAccess>
  /** Throws INVALID_ORDER when the broker's exchange does not list the symbol. */
  instrument(access: BrokerAccess, symbol: string): Promise<Instrument>
  /** Loads the exchange's pairs into `exchange_symbols`. Returns their number. */
  loadMarkets(access: BrokerAccess, onProgress?: OnProgress): Promise<number>
  /** Last price of an asset in another, null where there is no such market. */
  priceOf(access: BrokerAccess, asset: string, inAsset: string): Promise<Amount | null>
}

interface Candidate {
  credentialsSealed?: string | undefined
  environment?: Environment | undefined
}

const KEEP_MS = 10_000
/** Market rules change with `load_markets`, which forgets them here too. */
const KEEP_RULES_MS = 600_000

interface Kept<T> {
  value: T
  until: number
}

export function createBrokerDesk(registry: ExchangeRegistry, clock: Clock): BrokerDesk {
  const accesses = new Map<string, Kept<BrokerAccess>>()
  const instruments = new Map<string, Kept<Instrument>>()

  const fresh = <T>(kept: Kept<T> | undefined): T | undefined => (kept && kept.until > clock() ? kept.value : undefined)

  async function refresh(brokerId: string): Promise<BrokerAccess> {
    const broker = await findBroker(brokerId)
    // One that was deleted or switched off must not be served from memory.
    accesses.delete(brokerId)
    if (broker === null)
      throw new TradingError('BAD_REQUEST', 'The broker does not exist any more.', { outcome: 'NOT_SENT' })
    if (!broker.isActive)
      throw new TradingError('PERMISSION', `The broker ${broker.name} is switched off.`, { outcome: 'NOT_SENT' })
    const access = {
      brokerId,
      userId: broker.userId,
      client: registry.executionClient(broker.exchangeId, broker.environment),
      credentials: await readCredentials(brokerId),
    }
    accesses.set(brokerId, { value: access, until: clock() + KEEP_MS })
    return access
  }

  return {
    refresh,

    async open(brokerId) {
      return fresh(accesses.get(brokerId)) ?? refresh(brokerId)
    },

    async openCandidate(brokerId, { credentialsSealed, environment }) {
      const broker = await findBroker(brokerId)
      if (broker === null)
        throw new TradingError('BAD_REQUEST', 'The broker does not exist any more.', { outcome: 'NOT_SENT' })
      return {
        brokerId,
        userId: broker.userId,
        client: registry.executionClient(broker.exchangeId, environment ?? broker.environment),
        credentials:
          credentialsSealed === undefined
            ? await readCredentials(brokerId)
            : openCredentials(credentialsSealed, brokerId),
      }
    },

    async instrument(access, symbol) {
      const key = `${access.brokerId} ${symbol}`
      const known = fresh(instruments.get(key))
      if (known) return known
      const stored = await findInstrument(access.brokerId, symbol)
      if (stored === null)
        throw new TradingError('INVALID_ORDER', `The exchange does not list ${symbol}.`, {
          outcome: 'NOT_SENT',
          rule: 'SYMBOL',
        })
      instruments.set(key, { value: stored, until: clock() + KEEP_RULES_MS })
      return stored
    },

    async loadMarkets(access, onProgress) {
      const list = await access.client.loadMarkets(onProgress)
      instruments.clear()
      return replaceInstruments(access.brokerId, list)
    },

    async priceOf(access, asset, inAsset) {
      if (asset === inAsset) return null
      const ticker = await access.client.getTicker(`${asset}/${inAsset}`).catch(() => null)
      return ticker?.lastPrice ?? null
    },
  }
}
