'use server'

import { revalidatePath } from 'next/cache'
import { cookies } from 'next/headers'
import { z } from 'zod'
import { currentUser } from '@/lib/auth/session'
import { LOCALE_COOKIE, LOCALES } from '@/lib/i18n/locale'
import { updateProfile } from '@/lib/use-cases/update-profile'
import { THEME_COOKIE, THEMES } from '@/lib/view/theme'

const schema = z.object({ locale: z.enum(LOCALES).optional(), theme: z.enum(THEMES).optional() })
const YEAR_SECONDS = 365 * 24 * 3600

/** Keeps language and theme: in the profile when signed in, and in a cookie for the login page. */
export async function setDisplay(change: z.input<typeof schema>): Promise<void> {
  const { locale, theme } = schema.parse(change)
  const jar = await cookies()
  const options = { maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true, path: '/' } as const
  if (locale !== undefined) jar.set(LOCALE_COOKIE, locale, options)
  if (theme !== undefined) jar.set(THEME_COOKIE, theme, options)
  const user = await currentUser().catch(() => null)
  if (user !== null)
    await updateProfile(user.id, {
      ...(locale === undefined ? {} : { locale }),
      ...(theme === undefined ? {} : { theme }),
    })
  revalidatePath('/', 'layout')
}
