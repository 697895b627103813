/** Exchanges with an adapter of our own. */
export const EXCHANGE_IDS = ['binance', 'bitget', 'kucoin'] as const
export type ExchangeId = (typeof EXCHANGE_IDS)[number]

export type Environment = 'LIVE' | 'TESTNET' | 'PAPER'

/** Who may automate a broker; manual trading is possible in every mode but OFF. */
export const TRADING_TYPES = ['OFF', 'STRATEGY', 'WEBHOOK'] as const
export type TradingType = (typeof TRADING_TYPES)[number]

export interface Credentials {
  apiKey: string
  apiSecret: string
  apiPassphrase?: string
}
