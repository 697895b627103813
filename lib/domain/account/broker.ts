/** Exchanges with an adapter of our own. */
export const EXCHANGE_IDS = ['binance', 'bitget', 'kucoin'] as const
export type ExchangeId = (typeof EXCHANGE_IDS)[number]

export type Environment = 'LIVE' | 'TESTNET' | 'PAPER'

/** Who may automate a broker; manual trading is possible in every mode but OFF. */
export const TRADING_TYPES = ['OFF', 'STRATEGY', 'WEBHOOK'] as const
export type TradingType = (typeof TRADING_TYPES)[number]

/** Account systems of exchanges that have two: CLASSIC (Bitget v2, KuCoin HF) and UNIFIED (Bitget UTA v3, KuCoin UTA). */
export const ACCOUNT_MODES = ['CLASSIC', 'UNIFIED'] as const
export type AccountMode = (typeof ACCOUNT_MODES)[number]

export interface Credentials {
  apiKey: string
  apiSecret: string
  apiPassphrase?: string
  /** Found out when the broker was saved; an adapter that needs it and finds none asks the exchange first. */
  accountMode?: AccountMode
}
