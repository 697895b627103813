import { findTroubledChannels } from '@/lib/db/alert-channel-repository'
import { countRunsAtWork, findHeartbeatStatus, listBrokersWithPairs } from '@/lib/db/status-reads'
import { STUCK_AFTER_MS } from '@/lib/view/alert-channel'
import { readProcesses } from '@/lib/use-cases/read-processes'
import { isDebugActive } from '@/lib/use-cases/set-debug-mode'
import { isHeartbeatActive, marketSourceOf, type StatusView } from '@/lib/view/status'

/** The state of the installation and of the user's brokers and runs, for the status bar. */
export async function readStatusBar(userId: string, now: number): Promise<StatusView> {
  const [status, brokers, runsAtWork, isDebug, processes, troubled] = await Promise.all([
    findHeartbeatStatus(),
    listBrokersWithPairs(userId, new Date(now)),
    countRunsAtWork(userId, new Date(now)),
    isDebugActive(),
    readProcesses(),
    findTroubledChannels(now - STUCK_AFTER_MS, userId),
  ])
  const heartbeatProcess = processes.find((process) => process.name === 'heartbeat')
  return {
    heartbeat:
      status === null
        ? null
        : {
            isActive:
              heartbeatProcess?.state !== 'down' &&
              isHeartbeatActive(status.isConnected, status.lastMessageAt?.getTime() ?? null, now),
            isCoherent: status.isCoherent,
            marketSource: marketSourceOf(status.marketSource),
          },
    brokers: brokers.map(({ id, name, exchangeId, isTestnet, pairCount, isLoading, lastError }) => ({
      id,
      name,
      exchangeId,
      isTestnet,
      pairCount,
      isLoading,
      error: lastError,
    })),
    runsAtWork,
    isDebugActive: isDebug,
    downProcesses: processes.filter((process) => process.state === 'down').map((process) => process.name),
    mutedChannels: troubled.map(({ name }) => name),
  }
}
