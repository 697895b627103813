import { describe, expect, it } from 'vitest'
import { mapError } from './map-error'

const verdict = (code: string, kind: 'READ' | 'COMMAND' = 'COMMAND') => {
  const error = mapError({ code, msg: 'text', requestTime: 1, data: null }, kind)
  return [error?.code, error?.outcome, error?.rule]
}

describe('errors', () => {
  it.each([
    ['40006', 'AUTHENTICATION', 'REFUSED', undefined],
    ['40037', 'AUTHENTICATION', 'REFUSED', undefined],
    ['40009', 'AUTHENTICATION', 'REFUSED', undefined],
    ['40012', 'AUTHENTICATION', 'REFUSED', undefined],
    ['40036', 'AUTHENTICATION', 'REFUSED', undefined],
    ['40014', 'PERMISSION', 'REFUSED', undefined],
    ['40018', 'PERMISSION', 'REFUSED', undefined],
    ['40038', 'PERMISSION', 'REFUSED', undefined],
    ['40084', 'PERMISSION', 'REFUSED', 'ACCOUNT_MODE'],
    ['40004', 'CLOCK_SKEW', 'REFUSED', undefined],
    ['40005', 'CLOCK_SKEW', 'REFUSED', undefined],
    ['40008', 'CLOCK_SKEW', 'REFUSED', undefined],
    ['40078', 'CLOCK_SKEW', 'REFUSED', undefined],
    ['40079', 'CLOCK_SKEW', 'REFUSED', undefined],
    ['43012', 'INSUFFICIENT_FUNDS', 'REFUSED', undefined],
    ['40754', 'INSUFFICIENT_FUNDS', 'REFUSED', undefined],
    ['40762', 'INSUFFICIENT_FUNDS', 'REFUSED', undefined],
    ['25202', 'INSUFFICIENT_FUNDS', 'REFUSED', undefined],
    ['40786', 'DUPLICATE_ORDER', 'REFUSED', undefined],
    ['43118', 'DUPLICATE_ORDER', 'REFUSED', undefined],
    ['45034', 'DUPLICATE_ORDER', 'REFUSED', undefined],
    ['25212', 'DUPLICATE_ORDER', 'REFUSED', undefined],
    ['43001', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['40109', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['43004', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['22001', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['43025', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['25204', 'UNKNOWN_ORDER', 'REFUSED', undefined],
    ['45110', 'INVALID_ORDER', 'REFUSED', 'MIN_NOTIONAL'],
    ['43006', 'INVALID_ORDER', 'REFUSED', 'MIN_QUANTITY'],
    ['45111', 'INVALID_ORDER', 'REFUSED', 'MIN_QUANTITY'],
    ['40808', 'INVALID_ORDER', 'REFUSED', 'PRECISION'],
    ['45115', 'INVALID_ORDER', 'REFUSED', 'PRECISION'],
    ['43028', 'INVALID_ORDER', 'REFUSED', 'PRECISION'],
    ['43034', 'INVALID_ORDER', 'REFUSED', 'WOULD_TRIGGER'],
    ['429', 'RATE_LIMITED', 'REFUSED', undefined],
    ['40010', 'UNKNOWN_OUTCOME', 'UNKNOWN', undefined],
    ['40015', 'UNKNOWN_OUTCOME', 'UNKNOWN', undefined],
    ['40725', 'UNKNOWN_OUTCOME', 'UNKNOWN', undefined],
    ['99999', 'BAD_REQUEST', 'REFUSED', undefined],
  ])('%s is %s', (code, ours, outcome, rule) => {
    expect(verdict(code)).toEqual([ours, outcome, rule])
  })

  it('says of a read that it may simply be repeated', () => {
    expect(mapError({ code: '40725', msg: '' }, 'READ')).toMatchObject({
      code: 'EXCHANGE_UNAVAILABLE',
      isRetryable: true,
    })
  })

  it('keeps code and text, and sees success and other things as no refusal', () => {
    expect(mapError({ code: '43012', msg: 'Insufficient balance' })).toMatchObject({
      nativeCode: '43012',
      nativeMessage: 'Insufficient balance',
    })
    for (const body of [{ code: '00000', msg: 'success', data: {} }, {}, null, 'text'])
      expect(mapError(body)).toBeUndefined()
  })
})
