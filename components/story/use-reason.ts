import { useTranslations } from 'next-intl'
import { knownReason, namesReason } from '@/lib/view/reason'

/** Says the engine's reasons in the user's language; words it does not know stay as they are. */
export function useReason(): (reason: string) => string {
  const t = useTranslations('reason')
  const inWords = (reason: string): string => {
    const known = knownReason(reason)
    if (known === null) return reason
    const { key, name, price } = known
    return t(key, { name: namesReason(key) ? inWords(name) : name, price })
  }
  return inWords
}
