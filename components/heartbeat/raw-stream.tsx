'use client'

import { useTimeZone, useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import { useRawMessages } from '@/components/shell/live-provider'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { RawMessage } from '@/lib/realtime/channels'
import { formatClock } from '@/lib/view/format-time'

const KEPT = 60

/** « Stream Temps Réel »: the last 60 raw messages of the market, newest on top. Can be held still to read one. */
export function RawStream() {
  const t = useTranslations('heartbeat.raw')
  const timeZone = useTimeZone() ?? 'UTC'
  const [messages, setMessages] = useState<RawMessage[]>([])
  const [isHeld, setHeld] = useState(false)
  const waiting = useRef<RawMessage[]>([])

  const add = (fresh: RawMessage[]) =>
    setMessages((known) => {
      const newest = known[0]?.id ?? 0
      // A restarted sidecar counts from one again.
      const isRestarted = (fresh.at(-1)?.id ?? 0) < newest
      const added = isRestarted ? fresh : fresh.filter((message) => message.id > newest)
      return [...added.toReversed(), ...(isRestarted ? [] : known)].slice(0, KEPT)
    })

  useRawMessages((fresh) => {
    if (isHeld) waiting.current = [...waiting.current, ...fresh].slice(-KEPT)
    else add(fresh)
  })

  const toggle = () => {
    if (isHeld) add(waiting.current)
    waiting.current = []
    setHeld(!isHeld)
  }

  return (
    <Panel
      title={t('title')}
      testId="raw-stream"
      className="h-64"
      aside={
        <Button size="small" tone="quiet" aria-pressed={isHeld} onClick={toggle} disabled={messages.length === 0}>
          {isHeld ? t('resume') : t('hold')}
        </Button>
      }
    >
      {messages.length === 0 ? (
        <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>
      ) : (
        <ol
          tabIndex={0}
          aria-label={t('title')}
          className="min-h-0 flex-1 overflow-y-auto py-1 font-mono text-xs leading-5"
        >
          {messages.map((message) => (
            <li
              key={message.id}
              data-testid="raw-message"
              className="flex gap-3 px-3 hover:bg-raised"
              title={message.text}
            >
              <time className="shrink-0 text-mute">{formatClock(message.receivedAt, timeZone)}</time>
              <span className="shrink-0 text-accent">{message.symbol}</span>
              <span className="min-w-0 truncate text-soft">{message.text}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
