import { expect, it } from 'vitest'
import { EXCHANGE_IDS } from '@/lib/domain/account/broker'
import stored from '@/lib/domain/account/exchange-catalogue.json'
import { credentialFieldsOf, listedExchanges } from '@/lib/domain/account/exchange-catalogue'
import { catalogue } from '@/scripts/generate-catalogue.mjs'

it('is what the ccxt package says today', () => {
  expect(stored).toEqual(catalogue)
  expect(stored.length).toBeGreaterThan(100)
})

it('names the exchanges that we trade on first, and all of them', () => {
  const listed = listedExchanges()
  expect(listed.slice(0, 3).map(({ id }) => id)).toEqual([...EXCHANGE_IDS])
  expect(listed.filter((exchange) => exchange.isSupported)).toHaveLength(EXCHANGE_IDS.length)
  expect(listed).toHaveLength(stored.length)
})

it('asks for what each exchange needs', () => {
  expect(credentialFieldsOf('binance')).toEqual(['apiKey', 'secret'])
  expect(credentialFieldsOf('bitget')).toEqual(['apiKey', 'secret', 'password'])
  expect(credentialFieldsOf('kucoin')).toEqual(['apiKey', 'secret', 'password'])
})
