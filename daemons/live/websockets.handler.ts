import type { Logger } from '@/lib/platform/logger'
import { isLiveEventName, LIVE_EVENTS } from '@/lib/realtime/events'
import type { SocketServer } from './socket-server'

interface Announcement {
  userId: string | null
  event: string
  payload: unknown
}

/** Hands a live update on to its user, or to everyone; one that is not declared, or does not fit, is dropped and logged. */
export function handleWebsockets(sockets: Pick<SocketServer, 'emitTo'>, log: Pick<Logger, 'warn'>) {
  return ({ userId, event, payload }: Announcement): void => {
    if (!isLiveEventName(event)) {
      log.warn({ event }, 'live update of an unknown name')
      return
    }
    const parsed = LIVE_EVENTS[event].safeParse(payload)
    if (parsed.success) sockets.emitTo(userId, event, parsed.data)
    else log.warn({ event, reason: parsed.error.message }, 'live update does not fit')
  }
}
