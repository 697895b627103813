import type { Locale as AppLocale } from '@/lib/i18n/locale'
import type messages from '@/messages/fr.json'

// Makes every translation key a checked type: a missing or misspelled key does not compile.
declare module 'next-intl' {
  interface AppConfig {
    Locale: AppLocale
    Messages: typeof messages
  }
}
