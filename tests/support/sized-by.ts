import { parseDecimal } from '@/lib/domain/money/decimal'
import type { ReplaceSizing } from '@/lib/exchanges/execution-client'

/** Of a caller that saw so much executed when it chose a replacement's quantity, and keeps no journal. */
export const sizedBy = (executed: string): ReplaceSizing => ({
  executed: parseDecimal(executed),
  onResize: () => Promise.resolve(),
})
