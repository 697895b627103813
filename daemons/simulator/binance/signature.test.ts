import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Account } from '../matching/account'
import { BinanceError } from './errors'
import { Params } from './params'
import { accountOfKey, checkSigned, signedPayload } from './signature'

// Key, secret and signatures of the examples in Binance's rest-api.md.
const record = {
  id: 1,
  exchange: 'binance' as const,
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  apiSecret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
  apiPassphrase: null,
  isBnbBurn: false,
  accountMode: 'CLASSIC' as const,
  canWithdraw: false,
  isIpRestricted: false,
  createdTime: 0,
}
const account = new Account(record)
const NOW = 1_499_827_319_559
const ALL = `symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=${NOW}`

const codeOf = (query: string, body: string, now = NOW): number => {
  try {
    checkSigned(account, Params.of(query, body), signedPayload(query, body), now)
    return 0
  } catch (error) {
    return error instanceof BinanceError ? error.code : Number.NaN
  }
}
const sign = (payload: string) => createHmac('sha256', record.apiSecret).update(payload).digest('hex')

describe('signatures', () => {
  it("accept the documentation's own examples: query, body, and mixed", () => {
    const signature = 'signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71'
    expect(codeOf(`${ALL}&${signature}`, '')).toBe(0)
    expect(codeOf('', `${ALL}&${signature}`)).toBe(0)
    const mixed = `quantity=1&price=0.1&recvWindow=5000&timestamp=${NOW}&signature=0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77`
    expect(codeOf('symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC', mixed)).toBe(0)
  })

  it('are made over the text as sent: a differently encoded one is another', () => {
    const encoded = `symbol=a%40b&timestamp=${NOW}`
    expect(codeOf(`${encoded}&signature=${sign(encoded)}`, '')).toBe(0)
    expect(codeOf(`${encoded}&signature=${sign(decodeURIComponent(encoded))}`, '')).toBe(-1022)
    expect(codeOf(`${ALL}&signature=${sign(ALL).replace('c', 'd')}`, '')).toBe(-1022)
    expect(codeOf(`${ALL}&signature=xyz`, '')).toBe(-1022)
  })

  it('hold within the receive window and at most a second ahead', () => {
    const signed = `${ALL}&signature=${sign(ALL)}`
    expect(codeOf(signed, '', NOW + 5000)).toBe(0)
    expect(codeOf(signed, '', NOW + 5001)).toBe(-1021)
    expect(codeOf(signed, '', NOW - 999)).toBe(0)
    expect(codeOf(signed, '', NOW - 1000)).toBe(-1021)
    expect(codeOf('timestamp=1&recvWindow=60001&signature=00', '')).toBe(-1131)
    expect(codeOf('signature=00', '')).toBe(-1102)
    expect(codeOf(`timestamp=${NOW}`, '')).toBe(-1102)
  })

  it('need a key of the right form that is known', () => {
    const code = (key: string | undefined) => {
      try {
        return accountOfKey(key, (known) => (known === record.apiKey ? account : undefined)).record.id
      } catch (error) {
        return error instanceof BinanceError ? [error.code, error.status] : error
      }
    }
    expect(code(record.apiKey)).toBe(1)
    expect(code(undefined)).toEqual([-2014, 401])
    expect(code('short')).toEqual([-2014, 401])
    expect(code('x'.repeat(64))).toEqual([-2015, 401])
  })
})

describe('parameters', () => {
  const codeWhen = (read: () => unknown): number => {
    try {
      read()
      return 0
    } catch (error) {
      return error instanceof BinanceError ? error.code : Number.NaN
    }
  }

  it('are refused when doubled, empty, unread, malformed or too precise', () => {
    expect(codeWhen(() => Params.of('a=1&a=2', ''))).toBe(-1101)
    expect(codeWhen(() => Params.of('a=', '').text('a'))).toBe(-1105)
    expect(codeWhen(() => Params.of('', '').required('a'))).toBe(-1102)
    expect(codeWhen(() => Params.of('a=1e5', '').decimal('a'))).toBe(-1100)
    expect(codeWhen(() => Params.of('a=-1', '').decimal('a'))).toBe(-1100)
    expect(codeWhen(() => Params.of('a=0.123456789', '').decimal('a'))).toBe(-1111)
    const unread = Params.of('a=1&b=2', '')
    unread.text('a')
    expect(() => unread.finish()).toThrow("Not all sent parameters were read; read '1' parameter(s) but was sent '2'.")
  })

  it('the query goes before the body', () => {
    expect(Params.of('a=1', 'a=2&b=3').text('a')).toBe('1')
  })
})
