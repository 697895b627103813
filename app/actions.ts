'use server'

import { revalidatePath } from 'next/cache'
import { cookies } from 'next/headers'
import { z } from 'zod'
import { currentUser, requireUser } from '@/lib/auth/session'
import { LOCALE_COOKIE, LOCALES } from '@/lib/i18n/locale'
import { createLogger } from '@/lib/platform/logger'
import { reloadPairs } from '@/lib/use-cases/reload-pairs'
import { updateProfile } from '@/lib/use-cases/update-profile'
import { isTimeZone } from '@/lib/view/format-time'
import type { LoadAnswer } from '@/lib/view/pairs-loading'
import { THEME_COOKIE, THEMES } from '@/lib/view/theme'

const schema = z.object({
  locale: z.enum(LOCALES).optional(),
  theme: z.enum(THEMES).optional(),
  timeZone: z.string().max(64).refine(isTimeZone).optional(),
})
const log = createLogger('web')
const YEAR_SECONDS = 365 * 24 * 3600

/** Keeps language, theme and time zone in the profile when signed in; language and theme in a cookie for the login page. */
export async function setDisplay(change: z.input<typeof schema>): Promise<void> {
  const { locale, theme, timeZone } = schema.parse(change)
  const jar = await cookies()
  const options = { maxAge: YEAR_SECONDS, sameSite: 'lax', httpOnly: true, path: '/' } as const
  if (locale !== undefined) jar.set(LOCALE_COOKIE, locale, options)
  if (theme !== undefined) jar.set(THEME_COOKIE, theme, options)
  const user = await currentUser().catch(() => null)
  if (user !== null)
    await updateProfile(user.id, {
      ...(locale === undefined ? {} : { locale }),
      ...(theme === undefined ? {} : { theme }),
      ...(timeZone === undefined ? {} : { timeZone }),
    })
  revalidatePath('/', 'layout')
}

/** Has the pairs of one of the user's brokers loaded anew. Answers at once; the end comes as a live update. */
export async function loadPairs(brokerId: string): Promise<LoadAnswer> {
  const user = await requireUser()
  const id = z.uuid().safeParse(brokerId)
  if (!id.success) return { isAsked: false, reason: 'BROKER_UNKNOWN' }
  try {
    return await reloadPairs(user.id, id.data, Date.now())
  } catch (error) {
    log.error({ error }, 'pairs could not be asked for')
    return { isAsked: false, reason: 'UNAVAILABLE' }
  }
}
