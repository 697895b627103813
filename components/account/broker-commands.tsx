'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AccountActions } from '@/components/account/account-actions'
import { CancelAllDialog } from '@/components/account/cancel-all-dialog'
import { CapabilitiesDialog } from '@/components/account/capabilities-dialog'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field, TextInput } from '@/components/ui/field'
import type { BrokerView } from '@/lib/view/broker'

interface Props {
  broker: BrokerView
  isBusy: boolean
  onEdit: () => void
  onRemove: () => Promise<void>
  cancelAll: AccountActions['cancelAll']
}

/** « Capacités », « Tout annuler », « Modifier », « Supprimer ». */
export function BrokerCommands({ broker, isBusy, onEdit, onRemove, cancelAll }: Props) {
  const t = useTranslations('account')
  const [shown, setShown] = useState<'capabilities' | 'cancel-all' | 'remove' | null>(null)
  const [typed, setTyped] = useState('')
  const close = () => {
    setShown(null)
    setTyped('')
  }
  return (
    <div className="flex items-center justify-end gap-1.5">
      <Button
        size="small"
        tone="quiet"
        data-testid="capabilities"
        disabled={!broker.isConfirmed}
        onClick={() => setShown('capabilities')}
      >
        {t('capabilities.open')}
      </Button>
      <Button
        size="small"
        tone="quiet"
        data-testid="cancel-all"
        disabled={!broker.isConfirmed}
        onClick={() => setShown('cancel-all')}
      >
        {t('cancelAll.open')}
      </Button>
      <Button size="small" data-testid="edit-broker" disabled={isBusy} onClick={onEdit}>
        {broker.isConfirmed ? t('edit') : t('resume')}
      </Button>
      <Button
        size="small"
        tone="danger"
        data-testid="remove-broker"
        disabled={isBusy}
        onClick={() => setShown('remove')}
      >
        {t('remove.open')}
      </Button>
      {shown === 'cancel-all' ? <CancelAllDialog broker={broker} cancelAll={cancelAll} onClose={close} /> : null}
      {shown === 'capabilities' ? <CapabilitiesDialog broker={broker} onClose={close} /> : null}
      <Dialog title={t('remove.title', { name: broker.name })} isOpen={shown === 'remove'} onClose={close}>
        <p className="text-[13px] text-soft">{t('remove.text')}</p>
        <Field label={t('remove.type', { name: broker.name })}>
          <TextInput
            value={typed}
            autoFocus
            spellCheck={false}
            data-testid="remove-name"
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={close}>
            {t('cancel')}
          </Button>
          <Button
            tone="danger"
            data-testid="confirm-remove"
            disabled={isBusy || typed.trim() !== broker.name}
            onClick={() => void onRemove().then(close)}
          >
            {t('remove.confirm')}
          </Button>
        </div>
      </Dialog>
    </div>
  )
}
