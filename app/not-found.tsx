import Link from 'next/link'
import { getTranslations } from 'next-intl/server'

/** An address that leads nowhere. */
export default async function NotFound() {
  const t = await getTranslations('failure')
  return (
    <main className="mx-auto mt-32 flex max-w-md flex-col items-center gap-3 p-4 text-center">
      <h1 className="text-lg font-semibold">{t('notFound')}</h1>
      <Link href="/heartbeat" className="text-accent underline">
        {t('home')}
      </Link>
    </main>
  )
}
