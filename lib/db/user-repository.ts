import { prisma } from '@/lib/db/client'
import { isLimitError } from '@/lib/db/limit-error'

/** A signed-in user, without anything secret. */
export interface UserProfile {
  id: string
  name: string
  isAdmin: boolean
  sessionVersion: number
  locale: 'fr' | 'en'
  theme: 'DARK' | 'LIGHT'
  timeZone: string
}

const PROFILE = {
  id: true,
  name: true,
  isAdmin: true,
  sessionVersion: true,
  locale: true,
  theme: true,
  timeZone: true,
} as const

export const findUserProfile = (id: string): Promise<UserProfile | null> =>
  prisma().user.findUnique({ where: { id }, select: PROFILE })

/** What the sign-in needs; names are compared without regard to case. */
export async function findUserForSignIn(
  name: string,
): Promise<{ id: string; name: string; passwordHash: string; sessionVersion: number } | null> {
  const rows = await prisma().$queryRaw<
    { id: string; name: string; password_hash: string; session_version: number }[]
  >`SELECT id, name, password_hash, session_version FROM users WHERE lower(name) = lower(${name})`
  const row = rows[0]
  if (row === undefined) return null
  return { id: row.id, name: row.name, passwordHash: row.password_hash, sessionVersion: row.session_version }
}

export async function findPasswordHash(id: string): Promise<string | undefined> {
  return (await prisma().user.findUnique({ where: { id }, select: { passwordHash: true } }))?.passwordHash
}

/** Stores a new password; every session of the user ends with it. */
export async function replacePassword(id: string, passwordHash: string): Promise<void> {
  await prisma().user.update({
    where: { id },
    data: { passwordHash, sessionVersion: { increment: 1 } },
    select: { id: true },
  })
}

export type CreateUserOutcome = { outcome: 'CREATED'; id: string } | { outcome: 'NAME_TAKEN' | 'USER_LIMIT' }

const ADMIN_LOCK = 4_210_003

/** Adds a user; the first one is the administrator. The limit of five and unique names are held by the database. */
export async function createUser(name: string, passwordHash: string): Promise<CreateUserOutcome> {
  try {
    const user = await prisma().$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADMIN_LOCK})`
      const isAdmin = (await tx.user.count({ where: { isAdmin: true } })) === 0
      return tx.user.create({ data: { name, passwordHash, isAdmin }, select: { id: true } })
    })
    return { outcome: 'CREATED', id: user.id }
  } catch (error) {
    if (isLimitError(error, 'USER_LIMIT')) return { outcome: 'USER_LIMIT' }
    if ((await findUserForSignIn(name)) !== null) return { outcome: 'NAME_TAKEN' }
    throw error
  }
}

export const countUsers = (): Promise<number> => prisma().user.count()

export async function updateUserDisplay(
  id: string,
  change: { locale?: 'fr' | 'en'; theme?: 'DARK' | 'LIGHT'; timeZone?: string },
): Promise<void> {
  await prisma().user.update({ where: { id }, data: change, select: { id: true } })
}

/** The current session version of each of these users; one who is gone has none. */
export async function listSessionVersions(ids: string[]): Promise<Map<string, number>> {
  const rows = await prisma().user.findMany({ where: { id: { in: ids } }, select: { id: true, sessionVersion: true } })
  return new Map(rows.map((row) => [row.id, row.sessionVersion]))
}

/** Users who have neither a broker nor a strategy: nothing was set up for them yet. */
export async function listUsersWithoutAnything(): Promise<string[]> {
  const rows = await prisma().user.findMany({
    where: { brokers: { none: {} }, strategies: { none: {} } },
    select: { id: true },
  })
  return rows.map((row) => row.id)
}
