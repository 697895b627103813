'use client'

import { useTranslations } from 'next-intl'

/** Where not even the frame of the cockpit could be made, for example while the database is away. */
export default function AppError({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations('failure')
  return (
    <main role="alert" className="mx-auto mt-32 flex max-w-md flex-col items-center gap-3 p-4 text-center">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="text-soft">{t('hint')}</p>
      <button type="button" onClick={reset} className="rounded bg-accent px-4 py-2 font-semibold text-on-accent">
        {t('retry')}
      </button>
    </main>
  )
}
