import { cookies } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { currentUser } from '@/lib/auth/session'
import { DEFAULT_LOCALE, isLocale, LOCALE_COOKIE } from '@/lib/i18n/locale'
import en from '@/messages/en.json'
import fr from '@/messages/fr.json'

const MESSAGES = { fr, en }

/** Language and time zone of a request: the profile's when signed in, else the cookie's, else French and UTC. */
export default getRequestConfig(async () => {
  // A page must still say in the right language that the database is away.
  const user = await currentUser().catch(() => null)
  const remembered = (await cookies()).get(LOCALE_COOKIE)?.value
  const locale = user?.locale ?? (isLocale(remembered) ? remembered : DEFAULT_LOCALE)
  return { locale, timeZone: user?.timeZone ?? 'UTC', messages: MESSAGES[locale] }
})
