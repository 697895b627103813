import { verifyPassword } from '@/lib/auth/password'
import { createSignInThrottle } from '@/lib/auth/throttle'
import { readDebugMode } from '@/lib/db/debug-mode-repository'
import { findUserForSignIn } from '@/lib/db/user-repository'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { env } from '@/lib/platform/env'

/** The ordinary user that the development mode signs in. */
const DEVELOPMENT_USER = 'dev'

export interface SignInRequest {
  name: string
  password: string
  /** Asks to enter as the development user; granted only when the server itself knows the mode to be on. */
  isDevelopment: boolean
  address: string
  now: EpochMs
}

type SignInRefusal = 'WRONG' | 'THROTTLED' | 'DEVELOPMENT_OFF' | 'DEVELOPMENT_USER_MISSING'
export type SignInResult =
  | { isGranted: true; user: { id: string; name: string; sessionVersion: number } }
  | { isGranted: false; reason: SignInRefusal; waitMs: number }

const throttle = createSignInThrottle()
const refuse = (reason: SignInRefusal, waitMs = 0): SignInResult => ({ isGranted: false, reason, waitMs })

async function enterDevelopment(): Promise<SignInResult> {
  if (!env().DEBUG_ARISTOBOT || !(await readDebugMode())) return refuse('DEVELOPMENT_OFF')
  const user = await findUserForSignIn(DEVELOPMENT_USER)
  if (user === null) return refuse('DEVELOPMENT_USER_MISSING')
  return { isGranted: true, user: { id: user.id, name: user.name, sessionVersion: user.sessionVersion } }
}

/** The one way in, for people and for the development mode alike. */
export async function signIn(request: SignInRequest): Promise<SignInResult> {
  if (request.isDevelopment) return enterDevelopment()
  const { name, address, now } = request
  const waitMs = throttle.waitMs(name, address, now)
  if (waitMs > 0) return refuse('THROTTLED', waitMs)
  // Counted before the slow check, or a thousand attempts at once would all be the first.
  throttle.failed(name, address, now)
  const user = await findUserForSignIn(name)
  if (!(await verifyPassword(user?.passwordHash, request.password)) || user === null) {
    const wait = throttle.waitMs(name, address, now)
    return wait > 0 ? refuse('THROTTLED', wait) : refuse('WRONG')
  }
  throttle.succeeded(name, address)
  return { isGranted: true, user: { id: user.id, name: user.name, sessionVersion: user.sessionVersion } }
}
