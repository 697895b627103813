import { hash, verify } from '@node-rs/argon2'

// argon2id at the OWASP minimum for interactive sign-in: 19 MiB, 2 passes, about 40 ms.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export const PASSWORD_MIN = 8
/** Longer texts are refused: hashing megabytes would be an easy way to keep the server busy. */
export const PASSWORD_MAX = 200

export const hashPassword = (password: string): Promise<string> => hash(password, COST)

let decoy: Promise<string> | undefined

/**
 * Checks a password against a stored hash. Without a hash (no such user) it does the same work and answers false,
 * so that the time taken does not tell which names exist.
 */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('no user has this password')
  const isRight = await verify(passwordHash ?? (await decoy), password)
  return passwordHash !== undefined && isRight
}
