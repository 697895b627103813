import { getTranslations } from 'next-intl/server'

/** Shown while a page is being made. */
export default async function CockpitLoading() {
  const t = await getTranslations('failure')
  return (
    <div aria-live="polite" className="grid gap-3">
      <span className="sr-only">{t('loading')}</span>
      {[0, 1, 2].map((index) => (
        <div key={index} className="breathing h-40 rounded-md border border-line bg-panel" />
      ))}
    </div>
  )
}
