import { useTranslations } from 'next-intl'
import type { Refusal } from '@/components/account/account-actions'
import { ErrorMessage } from '@/components/ui/message'

/** Why something was refused, and what to do; the exchange's own word below it. */
export function RefusalText({ refusal }: { refusal: Refusal }) {
  const t = useTranslations('account.refusal')
  const tCode = useTranslations('account.exchangeError')
  const { reason, said } = refusal
  return (
    <ErrorMessage testId="broker-refusal">
      {reason === 'EXCHANGE' && said !== undefined ? tCode(said.code) : t(reason)}
      {said === undefined ? null : <span className="mt-1 block text-xs opacity-80">{said.message}</span>}
    </ErrorMessage>
  )
}
