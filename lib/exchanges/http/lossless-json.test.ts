import { expect, it } from 'vitest'
import { parseLossless } from '@/lib/exchanges/http/lossless-json'

it('keeps every digit of a long whole number', () => {
  expect(parseLossless('{"a":11029373945659393,"b":[-12345678901234567],"c":1729577515473}')).toEqual({
    a: '11029373945659393',
    b: ['-12345678901234567'],
    c: 1729577515473,
  })
})

it('leaves texts and fractions alone, whatever digits are in them', () => {
  const text = '{"t":"x:12345678901234567,","q":"\\"12345678901234567\\"","f":0.05300000000000000000,"e":1e3}'
  expect(parseLossless(text)).toEqual(JSON.parse(text))
})

it('is as strict as JSON.parse', () => {
  expect(() => parseLossless('{"a":11029373945659393')).toThrow(SyntaxError)
})
