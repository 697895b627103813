'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { StoryDialog } from '@/components/story/story-dialog'

interface Props {
  /** Where the story is read. */
  path: string
  title: string
}

/** « Pourquoi ? »: opens the story of a row. */
export function StoryButton({ path, title }: Props) {
  const t = useTranslations('story')
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        data-testid="why"
        aria-haspopup="dialog"
        aria-label={t('openOf', { title })}
        onClick={() => setOpen(true)}
        className="rounded px-1.5 py-0.5 text-[11px] text-accent hover:bg-raised"
      >
        {t('open')}
      </button>
      {isOpen ? <StoryDialog path={path} title={title} onClose={() => setOpen(false)} /> : null}
    </>
  )
}
