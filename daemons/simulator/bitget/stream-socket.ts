import { z } from 'zod'
import type { Connection } from '../connection'
import type { Arg } from './channels'

const requestSchema = z.object({
  op: z.string(),
  args: z.array(z.record(z.string(), z.union([z.string(), z.number()]))),
})

/** Bitget ends a connection that does not ping for two minutes, and one that sends more than ten messages a second. */
const SILENCE_MS = 120_000
const MAX_MESSAGES = 10

/** An error of a stream; the connection stays. Source: Bitget's WebSocket error codes. */
export class StreamError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.name = 'StreamError'
    this.code = code
  }
}

export interface StreamHandlers {
  /** Throws StreamError. */
  login?: (arg: Arg) => void
  /** Throws StreamError. What the subscriber is sent first is returned, to go out behind the confirmation. */
  subscribe: (arg: Arg) => (() => void) | undefined
  unsubscribe: (arg: Arg) => void
  close: () => void
  /** Told of errors that are the simulator's own fault. */
  onFault: (error: unknown) => void
}

/** Serves one connection: text pings, login, subscriptions. */
export function serveSocket(connection: Connection, handlers: StreamHandlers): void {
  let lastAt = performance.now()
  let second = 0
  let messages = 0
  const watch = setInterval(() => {
    if (performance.now() - lastAt > SILENCE_MS) connection.socket.close(1000, 'no ping')
  }, SILENCE_MS / 10)
  connection.socket.on('close', () => {
    clearInterval(watch)
    handlers.close()
  })
  connection.socket.on('message', (data: Buffer) => {
    lastAt = performance.now()
    const now = Math.floor(lastAt / 1000)
    messages = now === second ? messages + 1 : 1
    second = now
    const text = data.toString()
    if (messages > MAX_MESSAGES) {
      connection.send(errorOf(new StreamError(30006, 'Too many requests')))
      connection.socket.close(1008, 'Too many requests')
    } else if (text === 'ping') connection.send('pong')
    else answer(connection, handlers, text)
  })
}

const errorOf = ({ code, message }: StreamError, arg?: Arg): string =>
  JSON.stringify({ event: 'error', ...(arg === undefined ? {} : { arg }), code, msg: message })

function parse(text: string): z.infer<typeof requestSchema> | undefined {
  try {
    return requestSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function answer(connection: Connection, handlers: StreamHandlers, text: string): void {
  const request = parse(text)
  if (request === undefined) {
    connection.send(errorOf(new StreamError(30016, 'Param error')))
    return
  }
  for (const entry of request.args) {
    const arg = Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, String(value)]))
    try {
      perform(connection, handlers, request.op, arg)
    } catch (error) {
      const told = error instanceof StreamError ? error : new StreamError(30002, 'Illegal request')
      if (told !== error) handlers.onFault(error)
      connection.send(errorOf(told, request.op === 'login' ? undefined : arg))
    }
  }
}

function perform(connection: Connection, handlers: StreamHandlers, op: string, arg: Arg): void {
  switch (op) {
    case 'login':
      if (handlers.login === undefined) throw new StreamError(30003, 'Invalid op')
      handlers.login(arg)
      connection.send(JSON.stringify({ event: 'login', code: 0 }))
      return
    case 'subscribe': {
      const begin = handlers.subscribe(arg)
      connection.send(JSON.stringify({ event: 'subscribe', arg }))
      begin?.()
      return
    }
    case 'unsubscribe':
      handlers.unsubscribe(arg)
      connection.send(JSON.stringify({ event: 'unsubscribe', arg }))
      return
    default:
      throw new StreamError(30003, 'Invalid op')
  }
}
