import { expect, it } from 'vitest'
import { readBaseAddress } from '@/lib/exchanges/http/base-address'

it('takes secure addresses, and clear text on this machine only', () => {
  expect(readBaseAddress('https://api.binance.com', 'http')).toEqual({
    origin: 'https://api.binance.com',
    pathPrefix: '',
  })
  expect(readBaseAddress('http://127.0.0.1:8999/binance/', 'http')).toEqual({
    origin: 'http://127.0.0.1:8999',
    pathPrefix: '/binance',
  })
  expect(readBaseAddress('wss://stream.binance.com:9443', 'ws').origin).toBe('wss://stream.binance.com:9443')
  expect(readBaseAddress('ws://localhost:1', 'ws').origin).toBe('ws://localhost:1')
})

it('takes clear text to the paper exchange where it is configured to be, and nowhere else', () => {
  expect(readBaseAddress('http://simulator:8999/binance', 'http', 'simulator:8999').origin).toBe(
    'http://simulator:8999',
  )
  for (const other of ['http://simulator:9000', 'http://elsewhere:8999', 'http://api.binance.com'])
    expect(() => readBaseAddress(other, 'http', 'simulator:8999')).toThrow('another machine')
  expect(() => readBaseAddress('http://simulator:8999', 'http')).toThrow('another machine')
})

it.each([
  ['http://api.binance.com', 'http'],
  ['ws://10.0.0.1', 'ws'],
  ['http://127.0.0.1.example.com', 'http'],
  ['https://user:secret@api.binance.com', 'http'],
  ['https://api.binance.com', 'ws'],
  ['https://api.binance.com/?a=1', 'http'],
  ['nonsense', 'http'],
] as const)('refuses %s as %s', (text, kind) => {
  expect(() => readBaseAddress(text, kind)).toThrow()
})
