'use client'

import { useTranslations } from 'next-intl'
import { useEffect } from 'react'
import { Button } from '@/components/ui/button'

const RETRY_MS = 5000

/** A page that could not be made: what to do, and nothing of what went wrong inside. Tries again by itself. */
export function Failure({ retry }: { retry: () => void }) {
  const t = useTranslations('failure')
  useEffect(() => {
    const timer = setInterval(retry, RETRY_MS)
    return () => clearInterval(timer)
  }, [retry])
  return (
    <div role="alert" className="mx-auto mt-32 flex max-w-md flex-col items-center gap-3 p-4 text-center">
      <h1 className="text-lg font-semibold">{t('title')}</h1>
      <p className="text-soft">{t('hint')}</p>
      <Button tone="primary" onClick={retry}>
        {t('retry')}
      </Button>
    </div>
  )
}
