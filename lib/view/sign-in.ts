/** Why an account was not created, in words the messages know. */
type SignUpReason = 'NAME_FORM' | 'PASSWORD_LENGTH' | 'NAME_TAKEN' | 'USER_LIMIT' | 'UNAVAILABLE'
export type SignUpAnswer = { isCreated: true } | { isCreated: false; reason: SignUpReason }

export type PasswordAnswer =
  | { isDone: true }
  | { isDone: false; reason: 'WRONG' | 'PASSWORD_LENGTH' | 'THROTTLED' | 'UNAVAILABLE' }

export type SignInError = 'WRONG' | 'THROTTLED' | 'DEVELOPMENT_OFF' | 'DEVELOPMENT_USER_MISSING' | 'UNAVAILABLE'

const CODES: readonly SignInError[] = ['DEVELOPMENT_OFF', 'DEVELOPMENT_USER_MISSING', 'UNAVAILABLE']

/** Reads the error code the sign-in answers with: `THROTTLED:30`, `CredentialsSignin`, … */
export function signInErrorOf(code: string | null | undefined): { error: SignInError; seconds: number } {
  const throttled = /^THROTTLED:(\d+)$/.exec(code ?? '')
  if (throttled) return { error: 'THROTTLED', seconds: Number(throttled[1]) }
  if (code === 'CredentialsSignin') return { error: 'WRONG', seconds: 0 }
  return { error: CODES.find((known) => known === code) ?? (code === 'WRONG' ? 'WRONG' : 'UNAVAILABLE'), seconds: 0 }
}

/** Where to go after the sign-in: a page of our own, never another site. */
export function destinationOf(from: string | null | undefined): string {
  return from !== null && from !== undefined && /^\/(?![/\\])/.test(from) ? from : '/heartbeat'
}
