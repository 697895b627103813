import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLOSED_STATUSES, isClosed, ORDER_STATUSES, type OrderStatus } from '@/lib/domain/order/status'
import { eventOfReport, nextStatus, ORDER_EVENTS } from '@/lib/domain/order/transitions'

describe('order transitions', () => {
  it('never reopens a closed order, whatever comes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CLOSED_STATUSES), fc.array(fc.constantFrom(...ORDER_EVENTS)), (start, events) => {
        let status: OrderStatus = start
        for (const event of events) status = nextStatus(status, event) ?? status
        expect(isClosed(status)).toBe(true)
      }),
    )
  })

  it('knows a fill that arrives after the cancel', () => {
    expect(nextStatus('CANCELED', 'FILL')).toBe('FILLED')
    expect(nextStatus('PENDING_CANCEL', 'PARTIALLY_FILL')).toBe('PARTIALLY_FILLED')
  })

  it('sends nothing again after the exchange answered', () => {
    for (const status of ORDER_STATUSES) {
      const next = nextStatus(status, 'SUBMIT')
      expect(next, status).toBe(status === 'INITIALIZED' ? 'SUBMITTED' : null)
    }
    expect(ORDER_STATUSES.filter((status) => nextStatus(status, 'NOT_SENT') !== null)).toEqual(['SUBMITTED'])
  })

  it('has an event for each status an exchange can report', () => {
    expect(ORDER_STATUSES.filter((status) => eventOfReport(status) !== null).sort()).toEqual(
      ['ACCEPTED', 'CANCELED', 'EXPIRED', 'FILLED', 'PARTIALLY_FILLED', 'REJECTED', 'TRIGGERED'].sort(),
    )
  })
})
