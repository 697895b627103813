import { expect, test } from 'vitest'
import { runStateOf, STOPPED_AT } from '@/lib/view/run'
import { unrealizedPnl } from '@/lib/view/unrealized-pnl'

const now = Date.UTC(2026, 10, 22)
const day = 86_400_000

test.each([
  [{ isActive: true, startsAt: now - day, endsAt: now + day }, 'ACTIVE'],
  [{ isActive: true, startsAt: now, endsAt: now + day }, 'ACTIVE'],
  [{ isActive: true, startsAt: now + 1, endsAt: now + day }, 'SCHEDULED'],
  [{ isActive: false, startsAt: now - day, endsAt: now + day }, 'SUSPENDED'],
  [{ isActive: true, startsAt: now - day, endsAt: now }, 'ENDED'],
  [{ isActive: false, startsAt: now - day, endsAt: STOPPED_AT }, 'STOPPED'],
] as const)('%o is %s', (run, state) => {
  expect(runStateOf(run, now)).toBe(state)
})

test('unrealized gain counts the buying fees and stays exact', () => {
  expect(unrealizedPnl({ quantity: '0.1', cost: '9700.97' }, '98000.01')).toEqual({
    amount: '99.031',
    ratio: '0.01020836',
  })
  expect(unrealizedPnl({ quantity: '1', cost: '0' }, '5')).toEqual({ amount: '5', ratio: null })
  expect(unrealizedPnl({ quantity: '1', cost: '2' }, null)).toBeNull()
})
