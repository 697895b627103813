import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { env } from '@/lib/platform/env'

// Bodies that wait on disk while the database is away. One file each, written whole and flushed before the sender is told
// that it was accepted; names sort by arrival.

const spooled = z.object({ spoolId: z.string(), userId: z.uuid(), rawBody: z.string(), receivedAt: z.number() })
export type SpooledWebhook = z.infer<typeof spooled>

/** More than this is a flood, not an outage. */
const MOST_FILES = 20_000

const folder = (): string => join(env().DATA_DIR, 'receiver', 'spool')

const waiting = (): string[] => {
  try {
    return readdirSync(folder()).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

/** While bodies wait on disk, later ones wait behind them. */
export const isSpoolEmpty = (): boolean => waiting().length === 0

/** Keeps a body on disk. Throws when the disk refuses or the spool is full. */
export function spoolWebhook(webhook: SpooledWebhook): void {
  mkdirSync(folder(), { recursive: true })
  if (readdirSync(folder()).length >= MOST_FILES) throw new Error('the spool of webhooks is full')
  const draft = join(folder(), `${webhook.spoolId}.part`)
  const handle = openSync(draft, 'w', 0o600)
  try {
    writeSync(handle, JSON.stringify(webhook))
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(draft, join(folder(), `${webhook.spoolId}.json`))
}

/**
 * Hands every waiting body over, oldest first, and removes it once `store` is done with it. Stops at the first failure; a
 * body that can never be stored is put aside, so that the others do not wait for it.
 */
export async function drainSpool(
  store: (webhook: SpooledWebhook) => Promise<void>,
  isHopeless: (error: unknown) => boolean,
): Promise<number> {
  const names = waiting().sort()
  for (const name of names) {
    const file = join(folder(), name)
    const read = spooled.safeParse(parse(readFileSync(file, 'utf8')))
    try {
      if (!read.success) throw read.error
      await store(read.data)
      rmSync(file)
    } catch (error) {
      if (read.success && !isHopeless(error)) throw error
      renameSync(file, `${file}.damaged`)
    }
  }
  return names.length
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
