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
// that it was accepted; names sort by arrival. Receiver and web application of one host share the folder, and each empties it.

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

/** What stands in a file; null when another process has stored and removed it meanwhile. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

function putAside(file: string): void {
  try {
    renameSync(file, `${file}.damaged`)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/**
 * Hands every waiting body over, oldest first, and removes it once `store` is done with it; answers how many. Stops at the
 * first failure; a body that can never be stored is put aside, so that the others do not wait for it.
 *
 * Several processes may do so at once, and none takes a file away from the others before it is stored: what one had in hand
 * when it died is stored by the next. A body that two hand over is stored once, by its `spoolId`; and as each goes on to the
 * next only when the last one is stored, by whomever, their order is kept.
 */
export async function drainSpool(
  store: (webhook: SpooledWebhook) => Promise<void>,
  isHopeless: (error: unknown) => boolean,
): Promise<number> {
  let handedOver = 0
  for (const name of waiting().sort()) {
    const file = join(folder(), name)
    const text = textOf(file)
    if (text === null) continue
    const read = spooled.safeParse(parse(text))
    try {
      if (!read.success) throw read.error
      await store(read.data)
      rmSync(file, { force: true })
      handedOver += 1
    } catch (error) {
      if (read.success && !isHopeless(error)) throw error
      putAside(file)
    }
  }
  return handedOver
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
