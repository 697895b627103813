import { cancelAtExchange } from '@/daemons/gateway/cancel-order.handler'
import { type Gateway, takeReport } from '@/daemons/gateway/commands'
import type { BrokerAccess } from '@/daemons/gateway/broker-access'
import { lookUp } from '@/daemons/gateway/look-up'
import { openOrdersOf } from '@/daemons/gateway/open-orders'
import { findActiveBrokers } from '@/lib/db/broker-repository'
import { findLiveOfBroker, findSpokenOf } from '@/lib/db/order-repository'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { isSpokenOf, isStray } from '@/lib/domain/order/journal'
import type { ExchangeOrder } from '@/lib/domain/order/order'
import { isOpen } from '@/lib/domain/order/status'
import type { StreamHandle, StreamState } from '@/lib/exchanges/market-data-client'
import { sleep } from '@/lib/platform/clock'
import { createGatherer } from '@/lib/platform/gather'

// Order updates by the exchanges' private streams (GW-12): a fill is in the ledger as soon as the exchange tells it. Nothing
// depends on it: the tracker's looks find whatever a stream did not say.

const OWN_COMMAND_LOOK_MS = 10
/** A command takes no longer; then its answer is lost and the stream's word is welcome. */
const OWN_COMMAND_LIMIT_MS = 15_000

/** The stream of one broker; `key` changes with its keys. */
interface Followed {
  key: string
  stream: StreamHandle
  state: StreamState['kind']
}

export interface AccountStreams {
  /** Opens streams of new brokers, ends those of brokers that are gone or switched off. */
  refresh(): Promise<void>
  /** How the stream of a broker stands; null where there is none. */
  stateOf(brokerId: string): StreamState['kind'] | null
  /** Streams by state. */
  counts(): Map<string, number>
  close(): void
}

export function followAccounts(gateway: Gateway): AccountStreams {
  const followed = new Map<string, Followed>()
  // What is said of one order is recorded in the order in which it is said.
  const updates = createGatherer(async (_order, batch: Update[]) => {
    for (const update of batch) await takeUpdate(gateway, update)
    return batch
  }, 1)

  const end = (brokerId: string): void => {
    followed.get(brokerId)?.stream.close()
    followed.delete(brokerId)
    gateway.funds.lost(brokerId)
  }

  async function follow(brokerId: string): Promise<void> {
    const access = await gateway.desk.open(brokerId)
    const key = access.credentials.apiKey
    if (followed.get(brokerId)?.key === key) return
    end(brokerId)
    const report = (error: unknown): void =>
      gateway.log.warn(
        { brokerId, reason: error instanceof Error ? error.message : String(error) },
        'stream message not taken',
      )
    try {
      const stream = access.client.streamUser(access.credentials, {
        onOrder: (order) => {
          const update = { access, report: order, heardAt: gateway.clock() }
          updates.add(`${brokerId} ${order.exchangeOrderId}`, update).catch(report)
        },
        onBalance: () => gateway.funds.moved(brokerId),
        onState: (state) => {
          const entry = followed.get(brokerId)
          if (entry !== undefined) entry.state = state.kind
          if (state.kind === 'DISCONNECTED') gateway.log.warn({ brokerId, reason: state.reason }, 'account stream lost')
          // What was said while nobody listened is asked for.
          if (state.kind === 'CONNECTED') void lookAgain(gateway, access).catch(report)
          if (state.kind === 'CONNECTED' || state.kind === 'RENEWED') gateway.funds.listening(access)
          else gateway.funds.lost(brokerId)
        },
        onUnreadable: (text, reason) =>
          gateway.log.warn({ brokerId, reason, text: text.slice(0, 200) }, 'unreadable message of the account stream'),
      })
      followed.set(brokerId, { key, stream, state: 'CONNECTING' })
    } catch (error) {
      if (!(error instanceof TradingError) || error.code !== 'NOT_SUPPORTED') throw error
    }
  }

  return {
    async refresh() {
      const brokers = await findActiveBrokers()
      const wanted = new Set(brokers.filter((broker) => broker.marketsLoadedAt !== null).map((broker) => broker.id))
      for (const brokerId of followed.keys()) if (!wanted.has(brokerId)) end(brokerId)
      for (const brokerId of wanted)
        await follow(brokerId).catch((error: unknown) =>
          gateway.log.warn(
            { brokerId, reason: error instanceof Error ? error.message : String(error) },
            'account stream not opened',
          ),
        )
      await gateway.funds.keep(
        new Set(brokers.filter((broker) => broker.tradingType === 'WEBHOOK').map((broker) => broker.id)),
      )
    },
    stateOf: (brokerId) => followed.get(brokerId)?.state ?? null,
    counts() {
      const counts = new Map<string, number>()
      for (const { state } of followed.values()) counts.set(state, (counts.get(state) ?? 0) + 1)
      return counts
    },
    close() {
      for (const brokerId of [...followed.keys()]) end(brokerId)
    },
  }
}

/** What a stream said of an order. */
interface Update {
  access: BrokerAccess
  report: ExchangeOrder
  heardAt: EpochMs
}

/** Records what a stream says of an order that the journal knows. Others are the tracker's: it adopts them with their history. */
async function takeUpdate(gateway: Gateway, { access, report, heardAt }: Update): Promise<void> {
  const { brokerId } = access
  // A command of ours is under way: its answer says the same and is recorded first.
  const giveUpAt = heardAt + OWN_COMMAND_LIMIT_MS
  while (gateway.underWay.has(report.clientOrderId) && gateway.clock() < giveUpAt) await sleep(OWN_COMMAND_LOOK_MS)
  if (gateway.recorded.contains(brokerId, report)) return
  const order = (await findSpokenOf(brokerId, [report])).get(report)
  if (order === undefined) return
  if (isStray(order, report)) return cancelAtExchange(gateway, order.clientOrderId)
  const isNews = order.status !== report.status || report.filledQuantity.gt(order.filledQuantity)
  if (isNews) await takeReport(gateway, access, order, report, true)
}

/** Asks for every order of a broker that should rest at the exchange. */
async function lookAgain(gateway: Gateway, access: BrokerAccess): Promise<void> {
  const live = (await findLiveOfBroker(access.brokerId)).filter((order) => isOpen(order.status))
  if (live.length === 0) return
  // Pair by pair: lighter than all pairs at once, and not every exchange answers without one.
  const symbols = new Set(live.map(({ symbol }) => symbol))
  const open = await openOrdersOf(access.client, access.credentials, symbols)
  for (const order of live) {
    const report = open.find((one) => isSpokenOf(order, one)) ?? (await lookUp(access, order))
    if (report !== null) await takeReport(gateway, access, order, report, true)
  }
}
