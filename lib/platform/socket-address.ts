import { randomUUID } from 'node:crypto'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

// The web framework hides the socket. Its other end is written into a header of each request, under a name that this
// process makes up, so that no client can write it itself.

const KEY = Symbol.for('aristobot.socket-address')
const kept = globalThis as { [KEY]?: string }

/** From now on every request to a server of this process carries the address of its socket. */
export function markSocketAddresses(): void {
  if (kept[KEY] !== undefined) return
  const name = `x-socket-${randomUUID()}`
  kept[KEY] = name
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage }
    request.headers[name] = request.socket.remoteAddress ?? ''
  })
}

/** The socket's other end of a request; null where it was not marked. */
export function socketAddressOf(headers: Headers): string | null {
  const name = kept[KEY]
  const address = name === undefined ? null : headers.get(name)
  return address === '' ? null : address
}
