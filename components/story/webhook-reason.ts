import { useTranslations } from 'next-intl'
import { webhookReasonOf } from '@/lib/view/webhook-reason'

/** Says the engine's reasons in the user's language; words it does not know stay as they are. */
export function useWebhookReason(): (reason: string) => string {
  const t = useTranslations('webhooks.reason')
  return (reason) => {
    const known = webhookReasonOf(reason)
    return known === null ? reason : t(known.key, { name: known.name, price: known.price })
  }
}
