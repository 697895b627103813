import { sleep } from '@/lib/platform/clock'
import type { Logger } from '@/lib/platform/logger'

/** Runs `task` now and then every `intervalMs` after it ended, until `stopping`. A failure is logged and tried again. */
export async function every(
  intervalMs: number,
  stopping: AbortSignal,
  log: Logger,
  name: string,
  task: () => Promise<void>,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      await task()
    } catch (error) {
      log.warn({ task: name, reason: error instanceof Error ? error.message : String(error) }, 'periodic task failed')
    }
    await sleep(intervalMs, stopping)
  }
}
