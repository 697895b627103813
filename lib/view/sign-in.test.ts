import { expect, test } from 'vitest'
import { destinationOf, signInErrorOf } from '@/lib/view/sign-in'

test.each([
  ['THROTTLED:30', 'THROTTLED', 30],
  ['CredentialsSignin', 'WRONG', 0],
  ['WRONG', 'WRONG', 0],
  ['DEVELOPMENT_USER_MISSING', 'DEVELOPMENT_USER_MISSING', 0],
  ['anything else', 'UNAVAILABLE', 0],
  [null, 'UNAVAILABLE', 0],
])('code %s reads as %s', (code, error, seconds) => {
  expect(signInErrorOf(code)).toEqual({ error, seconds })
})

test.each([
  ['/bots', '/bots'],
  ['//evil.test', '/heartbeat'],
  ['/\\evil.test', '/heartbeat'],
  ['https://evil.test', '/heartbeat'],
  [undefined, '/heartbeat'],
])('after sign-in from %s the way leads to %s', (from, expected) => {
  expect(destinationOf(from)).toBe(expected)
})
