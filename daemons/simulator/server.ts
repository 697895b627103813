import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomInt } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { serve } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import { WebSocketServer } from 'ws'
import type { Clock } from '@/lib/platform/clock'
import { systemClock } from '@/lib/platform/clock'
import { Connection } from './binance/connection'
import { MarketStreams } from './binance/market-streams'
import { BinanceProtocol } from './binance/protocol'
import { answerRest } from './binance/rest'
import { serveStreams, streamsOf } from './binance/stream-socket'
import { UserStreams } from './binance/user-streams'
import { serveApi } from './binance/ws-api'
import { Faults } from './control/faults'
import { answerControl } from './control/routes'
import { Exchange } from './exchange'
import type { MarketRequest, MarketSettings } from './market/select'
import { liveUrlsOf, openMarket, requestOf } from './market/select'
import { SimulatorStore } from './store/store'

export interface SimulatorOptions {
  /** 0 for any free port. */
  port: number
  host: string
  /** Folder of `simulator.sqlite`; ':memory:' keeps nothing. */
  dataDir: string
  market: MarketSettings
  clock?: Clock
  /** Shown by processes on other hosts that may use `/_control`; loopback may without. */
  controlToken?: string
  /** Told of errors that are the simulator's own fault. */
  onFault?: (error: unknown) => void
}

export interface RunningSimulator {
  port: number
  /** `http://host:port`: append `/binance` or `/_control`. */
  url: string
  exchange: Exchange
  close(): Promise<void>
}

const ID_CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const newOrderId = (): string => Array.from({ length: 22 }, () => ID_CHARS[randomInt(ID_CHARS.length)]).join('')

/** Starts the paper exchange. Rejects with a sentence when the port is taken. */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { clock = systemClock, onFault = () => undefined } = options
  const urls = liveUrlsOf(options.market)
  const store = new SimulatorStore(options.dataDir)
  const faults = new Faults(Math.random)
  let request = await requestOf(options.market)
  const exchange = new Exchange(store, await openMarket(request, urls, clock), clock)
  const protocol = new BinanceProtocol({ exchange, faults, clock, newId: newOrderId, onFault })
  const market = new MarketStreams(exchange)
  const users = new UserStreams(exchange, protocol)
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const setMarket = async (next: MarketRequest) => {
    exchange.setMarket(await openMarket(next, urls, clock))
    request = next
  }
  const parts = {
    exchange,
    protocol,
    setMarket,
    marketState: () => ({ ...request, description: exchange.market.description }),
    controlToken: options.controlToken,
    disconnectStreams: () => sockets.clients.forEach((socket) => socket.terminate()),
  }

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('/binance/*', async (c) => {
    const { incoming, outgoing } = c.env
    const answer = await answerRest(protocol, incoming, await bodyOf(c.req.raw, incoming))
    if (answer !== null) return new Response(answer.body, { status: answer.status, headers: answer.headers })
    outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  })
  app.all('/_control/*', async (c) => {
    const answer = await answerControl(parts, c.env.incoming, await bodyOf(c.req.raw, c.env.incoming))
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  })

  const server = await listen(app, options)
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    const target = upgradeTarget(incoming)
    if (target === null) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(incoming, socket, head, (client) => {
      const connection = new Connection(client, faults)
      if (target === 'API') serveApi(protocol, users, connection, incoming.socket.remoteAddress ?? '')
      else serveStreams(market.hub, connection, target.streams, target.isCombined)
    })
  })

  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${options.host}:${port}`,
    exchange,
    close: async () => {
      exchange.stop()
      market.stop()
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      store.close()
    },
  }
}

const bodyOf = (raw: Request, incoming: IncomingMessage): Promise<string> | string =>
  incoming.method === 'GET' ? '' : raw.text()

function upgradeTarget(incoming: IncomingMessage): 'API' | { streams: string[]; isCombined: boolean } | null {
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  if (!url.pathname.startsWith('/binance/')) return null
  // Stream names need no escapes but for the "@" and "!" that some clients encode; a broken escape names nothing.
  const path = url.pathname.slice('/binance'.length).replaceAll('%40', '@').replaceAll('%21', '!')
  if (path === '/ws-api/v3') return 'API'
  return streamsOf(path, url.search)
}

function listen(app: Hono<{ Bindings: HttpBindings }>, options: SimulatorOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port: options.port, hostname: options.host }, () =>
      resolve(server),
    ) as Server
    server.keepAliveTimeout = 65_000
    server.once('error', (error) =>
      reject(
        new Error(`Port ${options.port} for the paper exchange cannot be used (${error.message}). Set SIMULATOR_PORT.`),
      ),
    )
  })
}
