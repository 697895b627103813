import { timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { hashToken, listLiveTokens } from '@/lib/db/webhook-token-repository'
import { env } from '@/lib/platform/env'

// The tokens in force, kept in memory and (as hashes) on disk, so that webhooks are accepted while the database is away,
// also after a restart in the middle of that.

const entries = z.array(z.object({ tokenHash: z.string(), userId: z.uuid() }))
type Entry = z.infer<typeof entries>[number]

export interface WebhookTokens {
  /** The user of a token, null when there is none. Every known hash is compared, each in constant time. */
  userOf(token: string): Promise<string | null>
  refresh(): Promise<void>
}

// A token issued a moment ago is not known here yet: an unknown one is looked up, but not at every guess of a stranger.
const LOOK_UP_PAUSE_MS = 1000

export function createWebhookTokens(): WebhookTokens {
  const folder = join(env().DATA_DIR, 'receiver')
  const file = join(folder, 'tokens.json')
  let known: Entry[] = readKept(file)
  let lookedUp = Number.NEGATIVE_INFINITY

  async function refresh(): Promise<void> {
    known = await listLiveTokens()
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, JSON.stringify(known), { mode: 0o600 })
  }

  const find = (token: string): string | null => {
    const hash = Buffer.from(hashToken(token))
    let user: string | null = null
    for (const entry of known) if (timingSafeEqual(Buffer.from(entry.tokenHash), hash)) user = entry.userId
    return user
  }

  return {
    refresh,
    async userOf(token) {
      const user = find(token)
      if (user !== null || performance.now() - lookedUp < LOOK_UP_PAUSE_MS) return user
      lookedUp = performance.now()
      await refresh().catch(() => undefined)
      return find(token)
    },
  }
}

function readKept(file: string): Entry[] {
  try {
    return entries.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return []
  }
}
