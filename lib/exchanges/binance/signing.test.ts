import { createHmac, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeParams, signatureOf } from '@/lib/exchanges/binance/signing'
import { BINANCE_DIALECT } from '@/lib/exchanges/binance/dialect'

it('encodes before it signs', () => {
  const payload = encodeParams({ symbol: 'ＡBUSDT', skipped: undefined, note: 'a b&c' })
  expect(payload).toBe('symbol=%EF%BC%A1BUSDT&note=a%20b%26c')
})

describe('signatureOf', () => {
  it('agrees with the worked example of the documentation', () => {
    // rest-api.md, "SIGNED Endpoint Examples for POST /api/v3/order": key pair and signature as printed there.
    const apiSecret = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j'
    const payload =
      'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559'
    expect(signatureOf(payload, { apiKey: 'k', apiSecret })).toBe(
      'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
    )
  })

  it('uses Ed25519 for a private key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const apiSecret = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const signature = decodeURIComponent(signatureOf('a=1', { apiKey: 'k', apiSecret }))
    expect(verify(null, Buffer.from('a=1'), publicKey, Buffer.from(signature, 'base64'))).toBe(true)
  })

  it('does not quote a broken private key', () => {
    const broken = { apiKey: 'k', apiSecret: '-----BEGIN PRIVATE KEY-----\nSECRETPART\n-----END PRIVATE KEY-----' }
    expect(() => signatureOf('a=1', broken)).toThrow(/cannot be read/)
    expect(() => signatureOf('a=1', broken)).not.toThrow(/SECRETPART/)
  })
})

it('puts a signed order into the body and a signed query into the path', () => {
  const credentials = { apiKey: 'key', apiSecret: 'secret' }
  const call = {
    kind: 'COMMAND',
    lane: 'ORDER',
    path: '/api/v3/order',
    params: { symbol: 'X' },
    costs: [],
    credentials,
  } as const
  const payload = 'symbol=X&recvWindow=5000&timestamp=1700000000000'
  const signed = `${payload}&signature=${createHmac('sha256', 'secret').update(payload).digest('hex')}`
  const post = BINANCE_DIALECT.prepare({ ...call, method: 'POST' }, 1_700_000_000_000.9)
  expect(post).toMatchObject({ path: '/api/v3/order', body: signed, headers: { 'x-mbx-apikey': 'key' } })
  const cancel = BINANCE_DIALECT.prepare({ ...call, method: 'DELETE' }, 1_700_000_000_000)
  expect(cancel.path).toBe(`/api/v3/order?${signed}`)
  expect(cancel.body).toBeUndefined()
})
