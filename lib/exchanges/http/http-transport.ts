import { Pool } from 'undici'
import type { BaseAddress } from '@/lib/exchanges/http/base-address'

// One pool of kept-alive connections to one host. A request is written once: nothing here repeats anything. The dispatch
// handler tells whether the request had been handed to a connected socket, which is what separates "certainly not sent"
// from "nobody knows".

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path with query, without the base address's prefix. */
  path: string
  headers: Record<string, string>
  body?: string
  timeoutMs: number
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** No complete answer came. `wasHandedOver` is false only when no byte of the request can have left this machine. */
export class TransportFailure extends Error {
  readonly wasHandedOver: boolean
  constructor(message: string, wasHandedOver: boolean, cause: Error) {
    super(message, { cause })
    this.name = 'TransportFailure'
    this.wasHandedOver = wasHandedOver
  }
}

export interface TransportOptions {
  connections?: number
  connectTimeoutMs?: number
}

export class HttpTransport {
  readonly #pool: Pool
  readonly #pathPrefix: string

  constructor(base: BaseAddress, options: TransportOptions = {}) {
    this.#pathPrefix = base.pathPrefix
    this.#pool = new Pool(base.origin, {
      connections: options.connections ?? 32,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: { timeout: options.connectTimeoutMs ?? 5_000 },
      // The deadline below covers the whole exchange of one request; these two would only compete with it.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: 64 * 1024 * 1024,
    })
  }

  /** @throws TransportFailure when no complete answer came within `timeoutMs`, waiting for a connection included. */
  send(request: HttpRequest): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      let wasHandedOver = false
      let isOver = false
      let abort: ((reason: Error) => void) | undefined
      let status = 0
      let headers: HttpAnswer['headers'] = {}
      const chunks: Buffer[] = []
      const fail = (error: Error) => {
        isOver = true
        clearTimeout(deadline)
        reject(
          new TransportFailure(`${request.method} ${pathOnly(request.path)}: ${error.message}`, wasHandedOver, error),
        )
      }
      const deadline = setTimeout(() => {
        const late = new Error(`no answer within ${request.timeoutMs} ms`)
        fail(late)
        abort?.(late)
      }, request.timeoutMs)
      this.#pool.dispatch(
        {
          method: request.method,
          path: this.#pathPrefix + request.path,
          headers: request.headers,
          body: request.body ?? null,
        },
        {
          onRequestStart: (controller) => {
            // Its deadline passed while it waited for a connection: the caller was told that it was not sent.
            if (isOver) {
              controller.abort(new Error('too late to send'))
              return
            }
            abort = (reason) => {
              controller.abort(reason)
            }
            wasHandedOver = true
          },
          onResponseStart: (_controller, statusCode, answerHeaders) => {
            status = statusCode
            headers = answerHeaders
          },
          onResponseData: (_controller, chunk) => {
            chunks.push(chunk)
          },
          onResponseEnd: () => {
            clearTimeout(deadline)
            const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
            resolve({ status, headers, text: body.toString('utf8') })
          },
          onResponseError: (_controller, error) => {
            fail(error)
          },
        },
      )
    })
  }

  /** Refuses new requests and ends the connections once those under way are done. */
  close(): Promise<void> {
    return this.#pool.close()
  }
}

/** The query holds signatures: it never reaches a message. */
const pathOnly = (path: string): string => path.split('?', 1)[0] ?? path
