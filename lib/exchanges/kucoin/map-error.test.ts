import { expect, it } from 'vitest'
import { mapError, parameterVerdict } from '@/lib/exchanges/kucoin/map-error'

it.each([
  ['200004', 'Balance insufficient!', 'INSUFFICIENT_FUNDS', 'REFUSED'],
  ['400002', 'KC-API-TIMESTAMP Invalid', 'CLOCK_SKEW', 'REFUSED'],
  ['400003', 'KC-API-KEY not exists', 'AUTHENTICATION', 'REFUSED'],
  ['400004', 'Invalid KC-API-PASSPHRASE', 'AUTHENTICATION', 'REFUSED'],
  ['400006', 'The ip address is not in the API whitelist', 'PERMISSION', 'REFUSED'],
  ['429000', 'Too Many Requests', 'RATE_LIMITED', 'REFUSED'],
  ['500000', 'Internal Server Error', 'UNKNOWN_OUTCOME', 'UNKNOWN'],
  ['408000', 'Network timeout', 'UNKNOWN_OUTCOME', 'UNKNOWN'],
  ['600101', 'The order funds should more then 0.1 USDT.', 'INVALID_ORDER', 'REFUSED'],
  ['126044', 'clientOid duplicate', 'DUPLICATE_ORDER', 'REFUSED'],
  ['100001', 'error.getOrder.orderNotExist', 'UNKNOWN_ORDER', 'REFUSED'],
  ['999999', 'novel', 'BAD_REQUEST', 'REFUSED'],
])('%s %s is %s, %s', (code, msg, ours, outcome) => {
  expect(mapError({ code, msg })).toMatchObject({ code: ours, outcome, nativeCode: code, nativeMessage: msg })
})

it('is none for success and for what has no code', () => {
  for (const body of [{ code: '200000', data: {} }, { data: 1 }, null, 'text']) expect(mapError(body)).toBeUndefined()
})

it.each([
  ['order_not_exist_or_not_allow_to_cancel', 'UNKNOWN_ORDER'],
  ['validation.createOrder.clientOidDuplicated', 'DUPLICATE_ORDER'],
  ['account.available.amount', 'INSUFFICIENT_FUNDS'],
  ['Order size below the minimum requirement.', 'INVALID_ORDER'],
  ['symbol not exist', 'BAD_REQUEST'],
  ['anything else', 'BAD_REQUEST'],
])('400100 %s is %s', (msg, code) => {
  expect(parameterVerdict(msg).code).toBe(code)
})
