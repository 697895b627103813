import { hashPassword, PASSWORD_MAX, PASSWORD_MIN, verifyPassword } from '@/lib/auth/password'
import { createSignInThrottle } from '@/lib/auth/throttle'
import { findPasswordHash, replacePassword } from '@/lib/db/user-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'

type PasswordChange = { isDone: true } | { isDone: false; reason: 'WRONG' | 'PASSWORD_LENGTH' | 'THROTTLED' }

// An open page left alone is no way to guess the password either.
const throttle = createSignInThrottle()
const ADDRESS = 'account page'

/** Changes a user's password and ends all their sessions, this one too: whoever knew the old one is out. */
export async function changePassword(
  userId: string,
  current: string,
  wanted: string,
  now: EpochMs,
): Promise<PasswordChange> {
  if (wanted.length < PASSWORD_MIN || wanted.length > PASSWORD_MAX) return { isDone: false, reason: 'PASSWORD_LENGTH' }
  if (throttle.waitMs(userId, ADDRESS, now) > 0) return { isDone: false, reason: 'THROTTLED' }
  throttle.failed(userId, ADDRESS, now)
  if (current.length > PASSWORD_MAX || !(await verifyPassword(await findPasswordHash(userId), current)))
    return { isDone: false, reason: 'WRONG' }
  throttle.succeeded(userId, ADDRESS)
  await replacePassword(userId, await hashPassword(wanted))
  return { isDone: true }
}
