import { expect, test } from 'vitest'
import { isOwnOrigin } from '@/lib/auth/origin'

test.each([
  [undefined, 'localhost:3000', true],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://evil.test', 'localhost:3000', false],
  ['http://localhost:3001', 'localhost:3000', false],
  ['null', 'localhost:3000', false],
  ['http://localhost:3000', undefined, false],
])('origin %s at host %s: %s', (origin, host, expected) => {
  expect(isOwnOrigin(origin, host)).toBe(expected)
})
