import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { UnifiedRawClient } from '@/lib/exchanges/bitget/unified-raw-client'

/** Bitget's word to a Classic key at an endpoint of unified accounts. */
const IS_CLASSIC = '40084'

/** Which of the two account systems a key belongs to: told with the credentials, or asked once and kept. */
export class AccountModes {
  readonly #raw: UnifiedRawClient
  readonly #known = new Map<string, Promise<AccountMode>>()

  constructor(raw: UnifiedRawClient) {
    this.#raw = raw
  }

  async of(credentials: Credentials): Promise<AccountMode> {
    return credentials.accountMode ?? this.#ask(credentials)
  }

  /** Asks the exchange, whatever the credentials say. @throws TradingError AUTHENTICATION, PERMISSION, EXCHANGE_UNAVAILABLE. */
  async askAnew(credentials: Credentials): Promise<AccountMode> {
    this.#known.delete(credentials.apiKey)
    return this.#ask(credentials)
  }

  #ask(credentials: Credentials): Promise<AccountMode> {
    const known = this.#known.get(credentials.apiKey)
    if (known !== undefined) return known
    const asked = this.#detect(credentials)
    this.#known.set(credentials.apiKey, asked)
    asked.catch(() => this.#known.delete(credentials.apiKey))
    return asked
  }

  async #detect(credentials: Credentials): Promise<AccountMode> {
    try {
      await this.#raw.settings(credentials)
      return 'UNIFIED'
    } catch (error) {
      if (error instanceof TradingError && error.nativeCode === IS_CLASSIC) return 'CLASSIC'
      throw error
    }
  }
}
