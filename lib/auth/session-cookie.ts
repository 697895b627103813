import { decode } from 'next-auth/jwt'
import { z } from 'zod'
import { env } from '@/lib/platform/env'

const COOKIE_NAMES = ['__Secure-next-auth.session-token', 'next-auth.session-token']

const claimsSchema = z.object({ sub: z.uuid(), sessionVersion: z.number().int() })

/** What a session cookie claims. Valid only while the user's `sessionVersion` in the database is still this one. */
export interface SessionClaims {
  userId: string
  sessionVersion: number
}

function valueOf(header: string, name: string): string | undefined {
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

/** The claims of the session cookie in a raw Cookie header; null when there is none, or it is expired or forged. */
export async function sessionOfCookieHeader(header: string | null | undefined): Promise<SessionClaims | null> {
  if (!header) return null
  for (const name of COOKIE_NAMES) {
    const token = valueOf(header, name)
    if (token === undefined) continue
    const claims = claimsSchema.safeParse(await decode({ token, secret: env().SECRET_KEY }).catch(() => null))
    if (claims.success) return { userId: claims.data.sub, sessionVersion: claims.data.sessionVersion }
  }
  return null
}
