'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AlertActions } from '@/components/account/alert-actions'
import { AlertChannelForm } from '@/components/account/alert-channel-form'
import { AlertChannelRow } from '@/components/account/alert-channel-row'
import { useReconnected } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import { Panel } from '@/components/ui/panel'
import type { ChannelView } from '@/lib/view/alert-channel'

const REFRESH_MS = 5000

interface Props {
  initial: ChannelView[]
  actions: AlertActions
}

/** « Alertes »: where the user is told of what happens, of what, and whether it arrives. */
export function AlertPanel({ initial, actions }: Props) {
  const t = useTranslations('account.alerts')
  // Undefined: closed; null: a new channel.
  const [edited, setEdited] = useState<ChannelView | null | undefined>()
  const {
    data: channels,
    isError,
    refetch,
  } = useQuery({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => ask<ChannelView[]>('/api/alerts', signal),
    initialData: initial,
    refetchInterval: REFRESH_MS,
  })
  useReconnected(() => void refetch())
  const close = () => {
    setEdited(undefined)
    void refetch()
  }

  return (
    <Panel
      title={t('title')}
      testId="alerts"
      aside={
        <Button
          size="small"
          tone={channels.length === 0 ? 'primary' : 'neutral'}
          data-testid="add-channel"
          onClick={() => setEdited(null)}
        >
          {t('add')}
        </Button>
      }
    >
      {isError ? (
        <div className="p-3">
          <ErrorMessage>{t('stale')}</ErrorMessage>
        </div>
      ) : null}
      {channels.length === 0 ? (
        <EmptyState title={t('empty.title')}>{t('empty.text')}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {channels.map((channel) => (
            <AlertChannelRow
              key={channel.id}
              channel={channel}
              actions={actions}
              onEdit={() => setEdited(channel)}
              onChanged={() => void refetch()}
            />
          ))}
        </ul>
      )}
      {edited === undefined ? null : (
        <Dialog
          title={edited === null ? t('dialog.new') : t('dialog.edit', { name: edited.name })}
          isOpen
          size="wide"
          onClose={close}
        >
          <AlertChannelForm channel={edited} saveChannel={actions.saveChannel} onDone={close} />
        </Dialog>
      )}
    </Panel>
  )
}
