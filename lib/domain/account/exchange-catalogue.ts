import { EXCHANGE_IDS, type ExchangeId } from '@/lib/domain/account/broker'
import catalogue from '@/lib/domain/account/exchange-catalogue.json'

/** What a user is asked for, in the catalogue's words. */
export type CredentialField = 'apiKey' | 'secret' | 'password'

export interface ListedExchange {
  id: string
  name: string
  /** Whether we trade on it: an adapter of our own exists. */
  isSupported: boolean
}

const isSupported = (id: string): id is ExchangeId => EXCHANGE_IDS.some((known) => known === id)

/** Every exchange of the catalogue: those that we trade on first, then by name. */
export const listedExchanges = (): ListedExchange[] =>
  catalogue
    .map(({ id, name }) => ({ id, name, isSupported: isSupported(id) }))
    .sort((a, b) => (b.isSupported ? 1 : 0) - (a.isSupported ? 1 : 0) || a.name.localeCompare(b.name))

/** What an account of a supported exchange is entered with. */
export function credentialFieldsOf(exchangeId: ExchangeId): CredentialField[] {
  const entry = catalogue.find(({ id }) => id === exchangeId)
  return (['apiKey', 'secret', 'password'] as const).filter((field) => entry?.credentials.includes(field) ?? false)
}

export const exchangeNameOf = (id: string): string => catalogue.find((entry) => entry.id === id)?.name ?? id
