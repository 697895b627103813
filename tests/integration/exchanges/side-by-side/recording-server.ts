import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came, its parameters flat: those of the query and of the body, form or JSON. */
export interface SentRequest {
  method: string
  path: string
  params: Record<string, string>
}

const CLOCKS: Record<string, () => unknown> = {
  '/api/v3/time': () => ({ serverTime: Date.now() }),
  '/api/v2/public/time': () => ({ code: '00000', msg: 'success', data: { serverTime: String(Date.now()) } }),
  '/api/v1/timestamp': () => ({ code: '200000', data: Date.now() }),
}

/** A local exchange that refuses everything but its clock, and remembers what it was asked. */
export class RecordingServer {
  readonly #server: Server
  #sent: SentRequest[] = []
  /** Told to those who ask for Bitget's last price. */
  lastPrice = '0'
  readonly #ticker = () => {
    const price = this.lastPrice
    const prices = { lastPr: price, bidPr: price, askPr: price, open: price, high24h: price, low24h: price }
    const volumes = { baseVolume: '1', quoteVolume: '1', usdtVolume: '1', bidSz: '1', askSz: '1' }
    return {
      code: '00000',
      msg: 'success',
      requestTime: Date.now(),
      data: [{ symbol: 'ANY', ...prices, ...volumes, ts: String(Date.now()), change24h: '0' }],
    }
  }

  private constructor() {
    this.#server = createServer((incoming, response) => {
      const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
      let body = ''
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      incoming.on('end', () => {
        const answer = url.pathname.endsWith('/market/tickers') ? this.#ticker : CLOCKS[url.pathname]
        response.setHeader('content-type', 'application/json')
        if (answer !== undefined) {
          response.end(JSON.stringify(answer()))
          return
        }
        const params = { ...Object.fromEntries(url.searchParams), ...paramsOf(body) }
        this.#sent.push({ method: incoming.method ?? '', path: url.pathname, params })
        response.writeHead(400).end(JSON.stringify({ code: '99999', msg: 'recorded' }))
      })
    })
  }

  static async start(): Promise<RecordingServer> {
    const recording = new RecordingServer()
    await new Promise<void>((resolve) => recording.#server.listen(0, '127.0.0.1', resolve))
    return recording
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What `call` sent; how the call ends does not matter. */
  async during(call: () => Promise<unknown>): Promise<SentRequest[]> {
    this.#sent = []
    await call().catch(() => undefined)
    return this.#sent
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const paramsOf = (body: string): Record<string, string> => {
  if (!body.startsWith('{')) return Object.fromEntries(new URLSearchParams(body))
  const parsed = JSON.parse(body) as Record<string, unknown>
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]))
}
