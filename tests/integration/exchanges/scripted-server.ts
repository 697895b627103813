import { createServer, type IncomingMessage, type ServerResponse, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  method: string
  url: URL
  headers: IncomingMessage['headers']
  body: string
}
export type Answer = (request: ReceivedRequest, response: ServerResponse) => void

/** A local exchange that answers as told; paths without a script answer the clock or 404. */
export class ScriptedServer {
  readonly received: ReceivedRequest[] = []
  readonly #server: Server
  readonly #scripts = new Map<string, Answer[]>()
  /** Added to the clock that it tells. */
  skewMs = 0

  private constructor() {
    this.#server = createServer((incoming, response) => {
      let body = ''
      incoming.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      incoming.on('end', () => {
        const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
        const request = { method: incoming.method ?? '', url, headers: incoming.headers, body }
        this.received.push(request)
        this.#answer(request, response)
      })
    })
  }

  static async start(): Promise<ScriptedServer> {
    const scripted = new ScriptedServer()
    await new Promise<void>((resolve) => scripted.#server.listen(0, '127.0.0.1', resolve))
    return scripted
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Answers for `METHOD /path`, one a request; the last one stays. */
  on(endpoint: string, ...answers: Answer[]): void {
    this.#scripts.set(endpoint, answers)
  }

  /** Requests received for `METHOD /path`. */
  seen(endpoint: string): ReceivedRequest[] {
    return this.received.filter((request) => `${request.method} ${request.url.pathname}` === endpoint)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(request: ReceivedRequest, response: ServerResponse): void {
    const answers = this.#scripts.get(`${request.method} ${request.url.pathname}`)
    const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]
    if (answer !== undefined) answer(request, response)
    else if (request.url.pathname === '/api/v3/time') json({ serverTime: Date.now() + this.skewMs })(request, response)
    else json({ code: -1100, msg: 'no script' }, 404)(request, response)
  }
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
export const text =
  (body: string, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status).end(body)
  }
/** Accepts the request and never answers. */
export const silence: Answer = () => undefined
export const reset: Answer = (_request, response) => {
  response.socket?.resetAndDestroy()
}
/** Headers and half of the body, then the end of the connection. */
export const half: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': '1000' })
  response.write('{"symbol":"BTC')
  setTimeout(() => response.socket?.destroy(), 20)
}
