import { updateUserDisplay } from '@/lib/db/user-repository'

export interface ProfileChange {
  locale?: 'fr' | 'en'
  theme?: 'DARK' | 'LIGHT'
  /** An IANA time zone, `UTC` by default. */
  timeZone?: string
}

/** Stores how the user wants the interface to look. */
export const updateProfile = (userId: string, change: ProfileChange): Promise<void> => updateUserDisplay(userId, change)
