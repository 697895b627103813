import { TradingError } from '@/lib/domain/errors/trading-error'

/** The TradingError that a call fails with. */
export const failure = (run: Promise<unknown>): Promise<TradingError> =>
  run.then(
    () => {
      throw new Error('the call succeeded')
    },
    (error: unknown) => {
      if (error instanceof TradingError) return error
      throw error
    },
  )
