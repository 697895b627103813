import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'

/** Keys of an account of the paper exchange. */
export interface Keys {
  apiKey: string
  apiSecret: string
}

export interface Answer {
  status: number
  headers: Headers
  // Tests look into answers freely.
  body: Record<string, unknown> & { code?: number; msg?: string }
}

type Values = Record<string, string | number>

/** A plain client of Binance's interface, for tests: nothing but the protocol. */
export class TestClient {
  readonly url: string
  readonly keys: Keys

  constructor(url: string, keys: Keys) {
    this.url = url
    this.keys = keys
  }

  /** Opens an account with the given funds. */
  static async open(
    url: string,
    balances: Record<string, string>,
    more: Record<string, unknown> = {},
  ): Promise<TestClient> {
    const { body } = await control(url, 'POST', '/accounts', { exchange: 'binance', balances, ...more })
    return new TestClient(url, { apiKey: String(body['apiKey']), apiSecret: String(body['apiSecret']) })
  }

  /** A signed call; `timestamp` may be given in `values`. */
  async signed(method: string, path: string, values: Values = {}): Promise<Answer> {
    const query = queryOf({ ...values, timestamp: values['timestamp'] ?? Date.now() })
    return this.raw(method, path, `${query}&signature=${this.sign(query)}`)
  }

  sign(payload: string): string {
    return createHmac('sha256', this.keys.apiSecret).update(payload).digest('hex')
  }

  async raw(method: string, path: string, query: string, body?: string): Promise<Answer> {
    const response = await fetch(`${this.url}/binance/api/v3${path}${query === '' ? '' : `?${query}`}`, {
      method,
      headers: {
        'X-MBX-APIKEY': this.keys.apiKey,
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body === undefined ? {} : { body }),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
  }
}

export const queryOf = (values: Values): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

/** A call of the control interface. */
export async function control(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
  const response = await fetch(`${url}/_control${path}`, init)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] }
}

/** A WebSocket that keeps what it received. */
export class TestSocket {
  readonly socket: WebSocket
  readonly messages: Record<string, unknown>[] = []
  readonly texts: string[] = []
  isClosed = false

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.texts.push(data.toString())
      this.messages.push(JSON.parse(data.toString()) as Record<string, unknown>)
    })
    socket.on('close', () => (this.isClosed = true))
  }

  static async open(url: string, path: string): Promise<TestSocket> {
    const opened = new TestSocket(new WebSocket(`${url.replace('http', 'ws')}/binance${path}`))
    await new Promise((resolve, reject) => {
      opened.socket.once('open', resolve)
      opened.socket.once('error', reject)
    })
    return opened
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message))
  }

  /** Waits until a received message fits; throws after `patienceMs`. */
  async until(
    fits: (message: Record<string, unknown>) => boolean,
    patienceMs = 3000,
  ): Promise<Record<string, unknown>> {
    return waitFor(() => this.messages.find(fits), patienceMs)
  }

  close(): void {
    this.socket.terminate()
  }
}

/** Polls until `look` finds something; throws after `patienceMs`. */
export async function waitFor<T>(look: () => T | undefined, patienceMs = 3000): Promise<T> {
  const end = performance.now() + patienceMs
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error('it did not come in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
