import type { EpochMs } from '@/lib/domain/market/timeframe'

// The bot's client ids are ULIDs: the time of their making, then randomness, in Crockford's alphabet.

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export const isOurs = (clientOrderId: string): boolean => ULID.test(clientOrderId)

/** When a client id of ours was made, or undefined for another's. */
export function madeAt(clientOrderId: string): EpochMs | undefined {
  if (!isOurs(clientOrderId)) return undefined
  return Array.from(clientOrderId.slice(0, 10)).reduce((time, char) => time * 32 + ALPHABET.indexOf(char), 0)
}
