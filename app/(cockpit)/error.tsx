'use client'

import { useTranslations } from 'next-intl'
import { Button } from '@/components/ui/button'

/** A page that could not be made: what to do, and nothing of what went wrong inside. */
export default function CockpitError({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations('failure')
  return (
    <div role="alert" className="mx-auto mt-16 flex max-w-md flex-col items-center gap-3 text-center">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="text-soft">{t('hint')}</p>
      <Button tone="primary" onClick={reset}>
        {t('retry')}
      </Button>
    </div>
  )
}
