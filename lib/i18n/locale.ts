export const LOCALES = ['fr', 'en'] as const
export type Locale = (typeof LOCALES)[number]
export const DEFAULT_LOCALE: Locale = 'fr'

/** Remembers the language before sign-in; afterwards the profile rules. */
export const LOCALE_COOKIE = 'lang'

export const isLocale = (text: string | undefined): text is Locale =>
  (LOCALES as readonly (string | undefined)[]).includes(text)
