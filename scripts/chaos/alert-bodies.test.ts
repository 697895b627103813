import { expect, it } from 'vitest'
import { readManyBodies } from '@/scripts/chaos/alert-bodies'

it('whatever is sent is refused with a reason, or accepted with a meaning that is read again the same', () => {
  const { accepted, refused } = readManyBodies(20_000, 20_261_122)
  // Both ways are really gone.
  expect(Math.min(accepted, refused)).toBeGreaterThan(2000)
})
