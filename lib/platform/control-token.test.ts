import { expect, it } from 'vitest'
import { carriesToken, controlToken } from './control-token'

it('follows from the secret key, and only the whole header passes', () => {
  const token = controlToken('a secret key for tests only, of sufficient length')
  expect(token).toMatch(/^[0-9a-f]{64}$/)
  expect(token).not.toBe(controlToken('another key'))
  expect(carriesToken(`Bearer ${token}`, token)).toBe(true)
  for (const given of [undefined, '', token, `Bearer ${token.slice(1)}`, `Bearer ${token}x`, `bearer ${token}`])
    expect(carriesToken(given, token)).toBe(false)
})
