import { describe, expect, it } from 'vitest'
import { CANCELED_ORDER } from '@/lib/exchanges/binance/fixtures/answers'
import { filterNameOf, mapError, matchingEngineVerdict } from '@/lib/exchanges/binance/map-error'
import { mapReplaceFailure } from '@/lib/exchanges/binance/map-replace'

describe('mapError', () => {
  it.each([
    [-1006, 'Execution status unknown.', 'UNKNOWN_OUTCOME', 'UNKNOWN'],
    [-1007, 'Send status unknown; execution status unknown.', 'UNKNOWN_OUTCOME', 'UNKNOWN'],
    [-1013, 'Filter failure: NOTIONAL', 'INVALID_ORDER', 'REFUSED'],
    [-1021, 'Timestamp for this request is outside of the recvWindow.', 'CLOCK_SKEW', 'REFUSED'],
    [-1022, 'Signature for this request is not valid.', 'AUTHENTICATION', 'REFUSED'],
    [-1121, 'Invalid symbol.', 'BAD_REQUEST', 'REFUSED'],
    [-2010, 'Account has insufficient balance for requested action.', 'INSUFFICIENT_FUNDS', 'REFUSED'],
    [-2010, 'Duplicate order sent.', 'DUPLICATE_ORDER', 'REFUSED'],
    [-2010, 'Some refusal of tomorrow', 'INVALID_ORDER', 'REFUSED'],
    [-2011, 'Unknown order sent.', 'UNKNOWN_ORDER', 'REFUSED'],
    [-2013, 'Order does not exist.', 'UNKNOWN_ORDER', 'REFUSED'],
    [-2015, 'Invalid API-key, IP, or permissions for action.', 'AUTHENTICATION', 'REFUSED'],
    [-2026, 'Order was canceled or expired with no executed qty over 90 days ago.', 'BAD_REQUEST', 'REFUSED'],
    [-9999, 'A code of tomorrow', 'BAD_REQUEST', 'REFUSED'],
  ])('%i %s is %s, %s', (code, msg, ours, outcome) => {
    expect(mapError({ code, msg })).toMatchObject({ code: ours, outcome, nativeCode: String(code), nativeMessage: msg })
  })

  it('is undefined for an answer that is no error', () => {
    expect(mapError({ symbol: 'BTCUSDT' })).toBeUndefined()
    expect(mapError([])).toBeUndefined()
    expect(mapError(undefined)).toBeUndefined()
  })

  it('reads the reason of a failed cancel-replace from its cancel', () => {
    const data = { cancelResult: 'FAILURE', newOrderResult: 'NOT_ATTEMPTED', newOrderResponse: null }
    const cancelResponse = { code: -2011, msg: 'Unknown order sent.' }
    const error = mapError({ code: -2022, msg: 'Order cancel-replace failed.', data: { ...data, cancelResponse } })
    expect(error).toMatchObject({ code: 'UNKNOWN_ORDER', outcome: 'REFUSED' })
  })
})

describe('texts', () => {
  it('names the filter', () => {
    expect(filterNameOf('Filter failure: LOT_SIZE')).toBe('LOT_SIZE')
    expect(filterNameOf('Price * QTY is zero or less.')).toBe('INVALID_MESSAGE')
  })

  it('tells the refusals of one code apart', () => {
    expect(matchingEngineVerdict(-2010, 'Order would immediately match and take.').rule).toBe('POST_ONLY')
    expect(matchingEngineVerdict(-2018, 'Order list does not exist.').code).toBe('UNKNOWN_ORDER')
    expect(matchingEngineVerdict(-2011, 'Order was not canceled due to cancel restrictions.').rule).toBe(
      'CANCEL_RESTRICTION',
    )
    expect(matchingEngineVerdict(-2011, 'Something else').code).toBe('BAD_REQUEST')
  })
})

describe('mapReplaceFailure', () => {
  const body = (cancelResponse: unknown, newOrderResponse: unknown) => ({
    code: -2021,
    msg: 'Order cancel-replace partially failed.',
    data: { cancelResult: 'SUCCESS', newOrderResult: 'FAILURE', cancelResponse, newOrderResponse },
  })

  it('keeps both halves', () => {
    const error = mapError(
      body(CANCELED_ORDER, { code: -2010, msg: 'Account has insufficient balance for requested action.' }),
    )
    const result = error && mapReplaceFailure(error, 'BTC/USDT')
    expect(result?.canceled.status).toBe('CANCELED')
    expect(result?.placed).toBeNull()
    expect(result?.placeError).toMatchObject({ code: 'INSUFFICIENT_FUNDS', outcome: 'REFUSED' })
  })

  it('is undefined for other errors', () => {
    const error = mapError({ code: -2010, msg: 'Duplicate order sent.' })
    expect(error && mapReplaceFailure(error, 'BTC/USDT')).toBeUndefined()
  })
})
