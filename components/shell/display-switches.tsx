'use client'

import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useTransition } from 'react'
import { SwitchGroup } from '@/components/ui/switch-group'
import type { Theme } from '@/lib/view/theme'

export type SetDisplay = (change: { locale?: 'fr' | 'en'; theme?: Theme; timeZone?: string }) => Promise<void>

const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

interface Props {
  theme: Theme
  /** Zone of all times, absent before sign-in: no times are shown there. */
  timeZone?: string
  setDisplay: SetDisplay
}

/** Language, theme and time zone, kept in the profile (before sign-in: in a cookie). */
export function DisplaySwitches({ theme, timeZone, setDisplay }: Props) {
  const t = useTranslations('display')
  const router = useRouter()
  const [isPending, start] = useTransition()
  const change = (wanted: Parameters<SetDisplay>[0]) =>
    start(async () => {
      await setDisplay(wanted)
      router.refresh()
    })
  // « This browser's » zone is that of the browser at hand, not of the one that chose it.
  useEffect(() => {
    if (timeZone === undefined || timeZone === 'UTC' || timeZone === browserZone()) return
    start(() => setDisplay({ timeZone: browserZone() }).catch(() => undefined))
  }, [timeZone, setDisplay])
  return (
    <div className="flex items-center gap-2">
      {timeZone === undefined ? null : (
        <span className="max-sm:hidden">
          <SwitchGroup
            label={t('timeZone')}
            value={timeZone === 'UTC' ? 'UTC' : 'LOCAL'}
            options={[
              { value: 'UTC', text: 'UTC', title: t('utc') },
              { value: 'LOCAL', text: t('localShort'), title: t('local') },
            ]}
            onChange={(zone) => change({ timeZone: zone === 'UTC' ? 'UTC' : browserZone() })}
            isDisabled={isPending}
          />
        </span>
      )}
      <SwitchGroup
        label={t('language')}
        value={useLocale()}
        options={[
          { value: 'fr', text: 'FR', title: 'Français' },
          { value: 'en', text: 'EN', title: 'English' },
        ]}
        onChange={(locale) => change({ locale })}
        isDisabled={isPending}
      />
      <SwitchGroup
        label={t('theme')}
        value={theme}
        options={[
          { value: 'DARK', text: '☾', title: t('dark') },
          { value: 'LIGHT', text: '☀', title: t('light') },
        ]}
        onChange={(wanted) => change({ theme: wanted })}
        isDisabled={isPending}
      />
    </div>
  )
}
