import { z } from 'zod'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { CallKind, ExchangeHttp, HttpCall } from '@/lib/exchanges/http/exchange-http'

/**
 * Sends one call and reads its answer.
 * @throws TradingError as ExchangeHttp does, and where the answer is not as documented.
 */
export async function readAnswer<T>(http: ExchangeHttp, schema: z.ZodType<T>, call: HttpCall): Promise<T> {
  const parsed = schema.safeParse(await http.call(call))
  if (parsed.success) return parsed.data
  throw unreadable(call.kind, call.path, z.prettifyError(parsed.error))
}

/** The exchange answered with success, but not as documented: what a command did must be looked up. */
const unreadable = (kind: CallKind, path: string, why: string): TradingError =>
  new TradingError(
    kind === 'COMMAND' ? 'UNKNOWN_OUTCOME' : 'EXCHANGE_UNAVAILABLE',
    `Binance answered ${path} in a form that is not documented: ${why.slice(0, 300)}`,
    { outcome: 'UNKNOWN' },
  )
