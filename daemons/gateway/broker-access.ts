import { findBroker, openCredentials, readCredentials } from '@/lib/db/broker-repository'
import { findInstrument, replaceInstruments } from '@/lib/db/instrument-repository'
import type { Credentials, Environment } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { Instrument } from '@/lib/domain/market/instrument'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import type { Amount } from '@/lib/domain/money/decimal'
import type { ExecutionClient, OnProgress } from '@/lib/exchanges/execution-client'
import type { ExchangeRegistry } from '@/lib/exchanges/registry'
import type { Clock } from '@/lib/platform/clock'
import { priceAt, type PriceSource } from '@/lib/use-cases/value-fee'

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
  /** Price of an asset in another at a time; null where no market tells, or the exchange does not answer. */
  priceOf(access: BrokerAccess, asset: string, inAsset: string, time: EpochMs): Promise<Amount | null>
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

  async function listed({ brokerId }: BrokerAccess, symbol: string): Promise<Instrument | null> {
    const key = `${brokerId} ${symbol}`
    const known = fresh(instruments.get(key))
    if (known) return known
    const stored = await findInstrument(brokerId, symbol)
    if (stored !== null) instruments.set(key, { value: stored, until: clock() + KEEP_RULES_MS })
    return stored
  }

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
      const stored = await listed(access, symbol)
      if (stored === null)
        throw new TradingError('INVALID_ORDER', `The exchange does not list ${symbol}.`, {
          outcome: 'NOT_SENT',
          rule: 'SYMBOL',
        })
      return stored
    },

    async loadMarkets(access, onProgress) {
      const list = await access.client.loadMarkets(onProgress)
      instruments.clear()
      return replaceInstruments(access.brokerId, list)
    },

    priceOf(access, asset, inAsset, time) {
      const prices: PriceSource = {
        isListed: async (symbol) => (await listed(access, symbol)) !== null,
        lastPrice: async (symbol) => (await access.client.getTicker(symbol)).lastPrice,
        closes: (range) => access.client.getCandles(range),
      }
      return priceAt(prices, asset, inAsset, time, clock()).catch(() => null)
    },
  }
}
