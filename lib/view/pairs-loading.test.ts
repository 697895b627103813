import { expect, it } from 'vitest'
import { ERROR_CODES } from '@/lib/domain/errors/trading-error'
import en from '@/messages/en.json'
import fr from '@/messages/fr.json'
import { exchangeName, loadFailureOf } from './pairs-loading'

it('has a sentence in both languages for whatever the gateway may say', () => {
  for (const code of ERROR_CODES) {
    const reason = loadFailureOf(code)
    expect(fr.status.loadFailure[reason]).toMatch(/\.$/)
    expect(en.status.loadFailure[reason]).toMatch(/\.$/)
  }
})

it('writes exchanges as they write themselves, and keeps what it does not know', () => {
  expect(['binance', 'kucoin', 'elsewhere'].map(exchangeName)).toEqual(['Binance', 'KuCoin', 'elsewhere'])
})
