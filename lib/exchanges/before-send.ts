import { TradingError } from '@/lib/domain/errors/trading-error'

/**
 * What must be read before a command can be sent. Where that fails, the exchange has heard nothing of the command: it may be
 * sent in a moment. What the exchange refuses stays refused.
 */
export async function beforeSend<T>(read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (error instanceof TradingError && error.outcome !== 'UNKNOWN') throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TradingError('EXCHANGE_UNAVAILABLE', `Nothing was sent: ${reason}`, {
      outcome: 'NOT_SENT',
      isRetryable: true,
      cause: error,
    })
  }
}
