import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CLOSED_STATUSES,
  IN_FLIGHT_STATUSES,
  isClosed,
  OPEN_STATUSES,
  ORDER_STATUSES,
  type OrderStatus,
} from '@/lib/domain/order/status'
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

  it('follows an order that the exchange gave up, whatever we were about to do with it', () => {
    for (const status of [...IN_FLIGHT_STATUSES, ...OPEN_STATUSES])
      expect(nextStatus(status, 'REJECT'), status).toBe('REJECTED')
  })

  it('knows every end that the exchange tells of an order that has ended here', () => {
    for (const status of ['REJECTED', 'CANCELED', 'EXPIRED'] as const)
      for (const event of ['CANCEL', 'EXPIRE', 'REJECT', 'PARTIALLY_FILL', 'FILL'] as const)
        expect(nextStatus(status, event), `${status} ${event}`).not.toBeNull()
    expect(nextStatus('REJECTED', 'CANCEL')).toBe('CANCELED')
    expect(nextStatus('CANCELED', 'EXPIRE')).toBe('CANCELED')
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
