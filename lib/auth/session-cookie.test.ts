import { encode } from 'next-auth/jwt'
import { beforeAll, expect, test } from 'vitest'
import { sessionOfCookieHeader } from '@/lib/auth/session-cookie'

const secret = 'a secret of at least thirty-two characters'
const userId = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

beforeAll(() => {
  process.env['SECRET_KEY'] = secret
  process.env['DATABASE_URL'] = 'postgresql://nowhere'
})

const cookieOf = async (claims: Record<string, unknown>, key = secret, maxAge = 60) =>
  `theme=DARK; next-auth.session-token=${await encode({ token: claims, secret: key, maxAge })}`

test('the claims of our own cookie', async () => {
  const header = await cookieOf({ sub: userId, sessionVersion: 3 })
  expect(await sessionOfCookieHeader(header)).toEqual({ userId, sessionVersion: 3 })
})

test('no cookie, a foreign key, an ended session, claims without a version: nobody', async () => {
  expect(await sessionOfCookieHeader(undefined)).toBeNull()
  expect(await sessionOfCookieHeader('theme=DARK; next-auth.session-token=garbage')).toBeNull()
  const claims = { sub: userId, sessionVersion: 3 }
  expect(await sessionOfCookieHeader(await cookieOf(claims, 'another secret of the same decent length'))).toBeNull()
  expect(await sessionOfCookieHeader(await cookieOf(claims, secret, -60))).toBeNull()
  expect(await sessionOfCookieHeader(await cookieOf({ sub: userId }))).toBeNull()
})
