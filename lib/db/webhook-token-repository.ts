import { createHash, randomBytes } from 'node:crypto'
import { prisma } from '@/lib/db/client'
import { env } from '@/lib/platform/env'
import { seal, unsealWith } from '@/lib/platform/vault'

/** SHA-256 of a token, hexadecimal: what the database knows of it. The token itself has 256 random bits. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Gives the user a new token and ends the old one. The token is returned once; stored are its hash and a sealed copy. */
export async function issueWebhookToken(userId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await prisma().$transaction([
    prisma().webhookToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } }),
    prisma().webhookToken.create({
      data: { userId, tokenHash: hashToken(token), sealed: seal(token, env().SECRET_KEY, userId) },
    }),
  ])
  return token
}

/** Hashes of all tokens in force, with their users. */
export const listLiveTokens = (): Promise<{ tokenHash: string; userId: string }[]> =>
  prisma().webhookToken.findMany({ where: { revokedAt: null }, select: { tokenHash: true, userId: true } })

/** The user's token in force; null when none was ever issued. */
export async function readWebhookToken(userId: string): Promise<{ token: string; createdAt: Date } | null> {
  const row = await prisma().webhookToken.findFirst({
    where: { userId, revokedAt: null },
    orderBy: { createdAt: 'desc' },
    select: { sealed: true, createdAt: true },
  })
  return row && { token: unsealWith(row.sealed, env(), userId), createdAt: row.createdAt }
}
