/** What the database refuses by trigger, by the first word of its message. */
export type LimitCode = 'USER_LIMIT' | 'RUN_LIMIT' | 'FOREIGN_BROKER'

const MAX_DEPTH = 6

/** True when this failure, or what caused it, is the named refusal of the database. */
export function isLimitError(error: unknown, code: LimitCode): boolean {
  let current = error
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    if ('message' in current && String(current.message).includes(code)) return true
    if ('meta' in current && JSON.stringify(current.meta).includes(code)) return true
    current = 'cause' in current ? current.cause : undefined
  }
  return false
}
