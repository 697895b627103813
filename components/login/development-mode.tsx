'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'

interface Props {
  isOn: boolean
  isBusy: boolean
  onSwitched: (isOn: boolean) => void
  onFailed: () => void
}

/** « Mode développement » ON/OFF. The server keeps the state and alone decides who may enter by it. */
export function DevelopmentMode({ isOn, isBusy, onSwitched, onFailed }: Props) {
  const t = useTranslations('login.development')
  const [isSaving, setSaving] = useState(false)

  async function store(): Promise<void> {
    setSaving(true)
    try {
      const answer = await fetch('/api/debug-mode', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ isActive: !isOn }),
      })
      if (answer.ok) onSwitched(!isOn)
      else onFailed()
    } catch {
      onFailed()
    } finally {
      setSaving(false)
    }
  }

  return (
    <div className="flex flex-col gap-2 border-t border-line pt-5">
      <button
        type="button"
        aria-pressed={isOn}
        disabled={isSaving || isBusy}
        onClick={() => void store()}
        data-testid="debug-mode"
        className="flex h-9 items-center justify-between rounded border border-dashed border-line-strong px-3 text-[13px] text-soft transition-colors hover:border-mute hover:text-ink disabled:opacity-60"
      >
        <span>{t('title')}</span>
        <span
          className={`rounded-sm px-2 py-0.5 text-xs font-semibold ${isOn ? 'bg-up/15 text-up' : 'bg-raised text-mute'}`}
        >
          {isOn ? 'ON' : 'OFF'}
        </span>
      </button>
      <p className="text-xs text-mute">{isOn ? t('on') : t('off')}</p>
    </div>
  )
}
