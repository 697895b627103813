import { useTranslations } from 'next-intl'
import { knownReason } from '@/lib/view/reason'

/** Says the engine's reasons in the user's language; words it does not know stay as they are. */
export function useReason(): (reason: string) => string {
  const t = useTranslations('reason')
  return (reason) => {
    const known = knownReason(reason)
    return known === null ? reason : t(known.key, { name: known.name, price: known.price })
  }
}
