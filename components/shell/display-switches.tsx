'use client'

import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useTransition } from 'react'
import { SwitchGroup } from '@/components/ui/switch-group'
import type { Theme } from '@/lib/view/theme'

export type SetDisplay = (change: { locale?: 'fr' | 'en'; theme?: Theme }) => Promise<void>

/** Language and theme, kept in the profile (before sign-in: in a cookie). */
export function DisplaySwitches({ theme, setDisplay }: { theme: Theme; setDisplay: SetDisplay }) {
  const t = useTranslations('display')
  const router = useRouter()
  const [isPending, start] = useTransition()
  const change = (wanted: Parameters<SetDisplay>[0]) =>
    start(async () => {
      await setDisplay(wanted)
      router.refresh()
    })
  return (
    <div className="flex items-center gap-2">
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
