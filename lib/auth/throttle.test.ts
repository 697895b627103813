import { expect, test } from 'vitest'
import { createSignInThrottle } from '@/lib/auth/throttle'

test('the first failures cost nothing, the next ones double the wait up to a quarter of an hour', () => {
  const throttle = createSignInThrottle(3, 100)
  for (let i = 0; i < 2; i++) throttle.failed('ada', '10.0.0.1', 0)
  expect(throttle.waitMs('ada', '10.0.0.1', 0)).toBe(0)
  throttle.failed('ada', '10.0.0.1', 0)
  expect(throttle.waitMs('ada', '10.0.0.1', 0)).toBe(2000)
  throttle.failed('ada', '10.0.0.1', 0)
  expect(throttle.waitMs('ada', '10.0.0.1', 0)).toBe(4000)
  for (let i = 0; i < 30; i++) throttle.failed('ada', '10.0.0.1', 0)
  expect(throttle.waitMs('ada', '10.0.0.1', 0)).toBe(15 * 60_000)
  expect(throttle.waitMs('ada', '10.0.0.1', 15 * 60_000)).toBe(0)
})

test('another address is not punished for the first one, until the name itself is under attack', () => {
  const throttle = createSignInThrottle(3, 6)
  for (let i = 0; i < 5; i++) throttle.failed('ada', '10.0.0.1', 0)
  expect(throttle.waitMs('ada', '10.0.0.2', 0)).toBe(0)
  throttle.failed('Ada', '10.0.0.3', 0)
  expect(throttle.waitMs('ada', '10.0.0.2', 0)).toBe(2000)
})

test('a success and an hour of peace both forgive', () => {
  const throttle = createSignInThrottle(1, 100)
  throttle.failed('ada', '10.0.0.1', 0)
  throttle.succeeded('ada', '10.0.0.1')
  expect(throttle.waitMs('ada', '10.0.0.1', 0)).toBe(0)
  throttle.failed('ada', '10.0.0.1', 0)
  throttle.failed('ada', '10.0.0.1', 2 * 60 * 60_000)
  expect(throttle.waitMs('ada', '10.0.0.1', 2 * 60 * 60_000)).toBe(2000)
})
