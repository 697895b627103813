import { randomBytes } from 'node:crypto'

const LIFE_MS = 24 * 3_600_000

/** Tokens that open a stream, given by the bullet endpoints; valid for a day. */
export class StreamTokens {
  private readonly tokens = new Map<string, { accountId: number | null; until: number }>()
  private readonly now: () => number

  constructor(now: () => number) {
    this.now = now
  }

  /** `accountId` null: for public streams only. */
  give(accountId: number | null): string {
    const now = this.now()
    for (const [token, { until }] of this.tokens) if (until <= now) this.tokens.delete(token)
    const token = randomBytes(48).toString('base64url')
    this.tokens.set(token, { accountId, until: now + LIFE_MS })
    return token
  }

  /** Whose stream a token opens; undefined for a token that is not valid (any more). */
  holderOf(token: string): { accountId: number | null } | undefined {
    const found = this.tokens.get(token)
    return found === undefined || found.until <= this.now() ? undefined : found
  }
}
