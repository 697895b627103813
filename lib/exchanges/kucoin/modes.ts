import { createHash } from 'node:crypto'
import type { AccountMode, Credentials } from '@/lib/domain/account/broker'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { KucoinUnifiedRawClient } from '@/lib/exchanges/kucoin/unified-raw-client'

/** Which account system a key belongs to: as the credentials say, else asked once (GET /api/ua/v1/account/mode) and kept. */
export class KucoinModes {
  readonly #raw: KucoinUnifiedRawClient
  readonly #known = new Map<string, Promise<AccountMode>>()
  constructor(raw: KucoinUnifiedRawClient) {
    this.#raw = raw
  }

  of(credentials: Credentials): Promise<AccountMode> {
    if (credentials.accountMode !== undefined) return Promise.resolve(credentials.accountMode)
    // The key itself is not kept.
    const name = createHash('sha256').update(credentials.apiKey).digest('hex')
    let mode = this.#known.get(name)
    if (mode === undefined) {
      mode = this.ask(credentials)
      this.#known.set(name, mode)
      mode.catch(() => this.#known.delete(name))
    }
    return mode
  }

  /** Asks now. @throws TradingError for a mode that is not known, rather than to trade on the wrong account. */
  async ask(credentials: Credentials): Promise<AccountMode> {
    const { selfAccountMode } = await this.#raw.accountMode(credentials)
    const mode = selfAccountMode.toUpperCase()
    if (mode === 'CLASSIC' || mode === 'UNIFIED') return mode
    throw new TradingError('NOT_SUPPORTED', `KuCoin reports account mode ${JSON.stringify(selfAccountMode)}.`, {
      outcome: 'NOT_SENT',
    })
  }
}
