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
import { binancePaper } from './binance/paper'
import { bitgetPaper } from './bitget/paper'
import { Connection } from './connection'
import { Faults } from './control/faults'
import { answerControl } from './control/routes'
import { Exchange } from './exchange'
import { kucoinPaper } from './kucoin/paper'
import type { MarketRequest, MarketSettings } from './market/select'
import type { PaperProtocol } from './paper-protocol'
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
  const parts = { exchange, faults, clock, newId: newOrderId, onFault }
  const protocols: PaperProtocol[] = [binancePaper(parts), bitgetPaper(parts), kucoinPaper(parts)]
  const protocolOf = (url: string): { protocol: PaperProtocol; path: string } | null => {
    const protocol = protocols.find(({ exchangeId }) => url.startsWith(`/${exchangeId}/`))
    return protocol === undefined ? null : { protocol, path: url.slice(protocol.exchangeId.length + 1) }
  }
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const setMarket = async (next: MarketRequest) => {
    exchange.setMarket(await openMarket(next, urls, clock))
    request = next
  }
  const controlled = {
    exchange,
    faults,
    protocols,
    setMarket,
    marketState: () => ({ ...request, description: exchange.market.description }),
    controlToken: options.controlToken,
    disconnectStreams: () => sockets.clients.forEach((socket) => socket.terminate()),
  }

  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('/_control/*', async (c) => {
    const answer = await answerControl(controlled, c.env.incoming, await bodyOf(c.req.raw, c.env.incoming))
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  })

  app.all('*', async (c) => {
    const { incoming, outgoing } = c.env
    const found = protocolOf(incoming.url ?? '/')
    if (found === null) return c.json({ error: `No exchange is served at ${c.req.path}.` }, 404)
    const answer = await found.protocol.answer(incoming, found.path, await bodyOf(c.req.raw, incoming))
    if (answer !== null) return new Response(answer.body, { status: answer.status, headers: answer.headers })
    outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  })

  const server = await listen(app, options)
  server.on('upgrade', (incoming: IncomingMessage, socket, head) => {
    const found = protocolOf(incoming.url ?? '/')
    const serveSocket = found?.protocol.socketAt(found.path) ?? null
    if (serveSocket === null) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(incoming, socket, head, (client) => {
      serveSocket(new Connection(client, faults), incoming)
    })
  })

  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${options.host}:${port}`,
    exchange,
    close: async () => {
      exchange.stop()
      for (const protocol of protocols) protocol.stop()
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
