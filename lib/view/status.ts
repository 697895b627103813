export type MarketSource = 'LIVE' | 'REPLAY' | 'SYNTHETIC'

/** Everything the status bar says. */
export interface StatusView {
  heartbeat: { isActive: boolean; isCoherent: boolean; marketSource: MarketSource } | null
  brokers: BrokerStatusView[]
  runsAtWork: number
  isDebugActive: boolean
  downProcesses: string[]
  /** Names of the user's alert channels that do not deliver. */
  mutedChannels: string[]
}

export interface BrokerStatusView {
  id: string
  name: string
  exchangeId: string
  isTestnet: boolean
  pairCount: number
  isLoading: boolean
  error: string | null
}

/** Without a message for this long the heartbeat counts as inactive, whatever its row says. */
const HEARTBEAT_SILENCE_MS = 30_000

/** Is the market stream alive: connected, and heard from lately? */
export function isHeartbeatActive(isConnected: boolean, lastHeardAt: number | null, now: number): boolean {
  return isConnected && lastHeardAt !== null && now - lastHeardAt < HEARTBEAT_SILENCE_MS
}

/** The source as the row names it; anything but the two simulated ones is the live market. */
export function marketSourceOf(text: string): MarketSource {
  return text === 'REPLAY' || text === 'SYNTHETIC' ? text : 'LIVE'
}
