import pg from 'pg'
import { env } from '@/lib/platform/env'

// The database itself wakes whoever has work: a NOTIFY leaves with the commit that writes the row, and only then. It is
// the short way beside the queue: a job on PostgreSQL takes many statements, a notification none. Nothing depends on it.

/** The channels, named as the queues beside them. A text is short: ids, or a small JSON. */
const WAKE_CHANNELS = ['webhook_raw', 'exchange_requests', 'exchange_responses'] as const
export type WakeChannel = (typeof WAKE_CHANNELS)[number]

/** PostgreSQL takes 7,999 bytes; what may be longer is checked against this. */
export const LONGEST_WAKE_BYTES = 7000

const RETRY_MS = 500

/** SQL that wakes with the text of an expression; part of the statement that writes the row. */
export const wakeSql = (channel: WakeChannel, expression: string): string => `pg_notify('${channel}', ${expression})`

/** A method that pg has and its types lack. */
const keepsNoProcessAlive = (client: pg.Client): void => (client as pg.Client & { unref(): void }).unref()

export interface WakeListener {
  close(): Promise<void>
}

/**
 * Listens on a connection of its own, made again when it breaks. `onListening` runs each time it hears again: what was
 * missed meanwhile has to be looked for.
 */
export function listenForWakes(
  handlers: Partial<Record<WakeChannel, (text: string) => void>>,
  onListening: () => void,
): WakeListener {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const again = (broken: pg.Client): void => {
    if (isClosed || client !== broken) return
    client = undefined
    broken.end().catch(() => undefined)
    timer = setTimeout(() => void connect(), RETRY_MS)
  }

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ connectionString: env().DATABASE_URL, keepAlive: true })
    client = fresh
    fresh.on('error', () => again(fresh))
    fresh.on('end', () => again(fresh))
    fresh.on('notification', ({ channel, payload = '' }) => {
      for (const known of WAKE_CHANNELS) if (known === channel) handlers[known]?.(payload)
    })
    try {
      await fresh.connect()
      for (const channel of WAKE_CHANNELS) if (handlers[channel]) await fresh.query(`LISTEN ${channel}`)
      keepsNoProcessAlive(fresh)
      onListening()
    } catch {
      again(fresh)
    }
  }

  void connect()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => undefined)
    },
  }
}
