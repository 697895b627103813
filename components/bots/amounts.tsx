'use client'

import { useLocale } from 'next-intl'
import { directionOf, formatAmount, formatPercent } from '@/lib/view/format-amount'

const TONES = { up: 'text-up', down: 'text-down', flat: 'text-soft' }

interface PnlProps {
  amount: string | null
  ratio?: string | null
  decimals?: number
  testId?: string
}

/** A gain or a loss with its sign and its color. */
export function Pnl({ amount, ratio = null, decimals = 2, testId }: PnlProps) {
  const locale = useLocale()
  return (
    <span data-testid={testId} className={TONES[directionOf(amount)]}>
      {formatAmount(amount, locale, { decimals, isSigned: true })}
      {ratio === null ? null : (
        <span className="whitespace-nowrap text-[0.85em]"> ({formatPercent(ratio, locale)})</span>
      )}
    </span>
  )
}
