'use client'

import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'

const SHOWN_MS = 2500

/** Copies a text, and says so. Without a clipboard (a page that did not come over TLS) it says what to do. */
export function CopyButton({ text, about }: { text: string; about: string }) {
  const t = useTranslations('account.webhook')
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [state])
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      setState('copied')
    } catch {
      setState('failed')
    }
  }
  return (
    <>
      <Button size="small" data-testid="copy" aria-label={`${t('copy')} – ${about}`} onClick={() => void copy()}>
        {state === 'copied' ? t('copied') : t('copy')}
      </Button>
      <span role="status" className={state === 'failed' ? 'text-xs text-down' : 'sr-only'}>
        {state === 'idle' ? '' : state === 'copied' ? t('copied') : t('copyFailed')}
      </span>
    </>
  )
}
