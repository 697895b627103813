export const THEMES = ['DARK', 'LIGHT'] as const
export type Theme = (typeof THEMES)[number]

/** Remembers the theme before sign-in; afterwards the profile rules. */
export const THEME_COOKIE = 'theme'
