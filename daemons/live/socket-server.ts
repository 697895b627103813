import { createServer } from 'node:http'
import { type DefaultEventsMap, Server } from 'socket.io'
import { isOwnOrigin } from '@/lib/auth/origin'
import { type SessionClaims, sessionOfCookieHeader } from '@/lib/auth/session-cookie'
import { listSessionVersions } from '@/lib/db/user-repository'
import { type Channel, channelSchema, LIVE_PATH, UNWATCH, WATCH } from '@/lib/realtime/channels'

export interface SocketServer {
  /** To the sockets of one user, or to everyone's when `userId` is null. */
  emitTo(userId: string | null, event: string, payload: unknown): void
  /** To the screens that watch a high-rate channel. */
  emitOn(channel: Channel, event: string, payload: unknown): void
  /** Ends the sockets of sessions that were revoked since they connected. */
  dropRevoked(): Promise<void>
  close(): Promise<void>
}

interface SocketData {
  session: SessionClaims
}
type EmitFirst = (send: (event: string, payload: unknown) => void) => void

const MAX_CLIENT_MESSAGE_BYTES = 2000
const roomOf = (userId: string): string => `user:${userId}`

async function isValid(claims: SessionClaims): Promise<boolean> {
  const versions = await listSessionVersions([claims.userId])
  return versions.get(claims.userId) === claims.sessionVersion
}

/**
 * The socket of the pages: same origin (the web application hands `/rt` on), same session cookie, one room per user.
 * `greet` sends what a channel knows already to a screen that starts to watch it.
 */
export async function startSocketServer(
  host: string,
  port: number,
  greet: Record<Channel, EmitFirst>,
): Promise<SocketServer> {
  const http = createServer((_request, response) => response.writeHead(404).end())
  const io = new Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>(http, {
    path: LIVE_PATH,
    addTrailingSlash: false,
    serveClient: false,
    maxHttpBufferSize: MAX_CLIENT_MESSAGE_BYTES,
    allowRequest: (request, answer) => {
      const { origin, host: direct } = request.headers
      const forwarded = request.headers['x-forwarded-host']
      answer(null, isOwnOrigin(origin, typeof forwarded === 'string' ? forwarded : direct))
    },
  })

  io.use((socket, next) => {
    void (async () => {
      const session = await sessionOfCookieHeader(socket.handshake.headers.cookie)
      if (session === null || !(await isValid(session))) throw new Error('unauthorized')
      socket.data.session = session
    })().then(
      () => next(),
      (error: unknown) =>
        next(new Error(error instanceof Error && error.message === 'unauthorized' ? 'unauthorized' : 'unavailable')),
    )
  })

  io.on('connection', (socket) => {
    void socket.join(roomOf(socket.data.session.userId))
    socket.on(WATCH, (wanted: unknown) => {
      const channel = channelSchema.safeParse(wanted)
      if (!channel.success) return
      void socket.join(channel.data)
      greet[channel.data]((event, payload) => socket.emit(event, payload))
    })
    socket.on(UNWATCH, (unwanted: unknown) => {
      const channel = channelSchema.safeParse(unwanted)
      if (channel.success) void socket.leave(channel.data)
    })
  })

  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) =>
      reject(new Error(`Port ${port} for live updates cannot be used (${error.message}). Set LIVE_PORT.`)),
    )
    http.listen(port, host, resolve)
  })

  return {
    emitTo: (userId, event, payload) => void (userId === null ? io : io.to(roomOf(userId))).emit(event, payload),
    // A screen that cannot keep up skips these: the next one says more.
    emitOn: (channel, event, payload) => void io.to(channel).volatile.emit(event, payload),
    async dropRevoked() {
      const sockets = await io.fetchSockets()
      if (sockets.length === 0) return
      const versions = await listSessionVersions([...new Set(sockets.map((socket) => socket.data.session.userId))])
      for (const socket of sockets) {
        const { userId, sessionVersion } = socket.data.session
        if (versions.get(userId) !== sessionVersion) socket.disconnect(true)
      }
    },
    close: () => io.close(),
  }
}
