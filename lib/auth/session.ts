import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { sessionOfCookieHeader } from '@/lib/auth/session-cookie'
import { findUserProfile, type UserProfile } from '@/lib/db/user-repository'

/** The signed-in user of this request, or null. Asks the database: a revoked session ends at once. */
export const currentUser = cache(async (): Promise<UserProfile | null> => {
  const claims = await sessionOfCookieHeader((await headers()).get('cookie'))
  if (claims === null) return null
  const user = await findUserProfile(claims.userId)
  return user?.sessionVersion === claims.sessionVersion ? user : null
})

/** For pages and server actions: the signed-in user, or the way to the login page. */
export async function requireUser(): Promise<UserProfile> {
  const user = await currentUser()
  if (user === null) redirect('/login')
  return user
}
