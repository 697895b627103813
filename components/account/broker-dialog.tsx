'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import type { AccountActions } from '@/components/account/account-actions'
import { BrokerCheck } from '@/components/account/broker-check'
import { BrokerForm } from '@/components/account/broker-form'
import { Dialog } from '@/components/ui/dialog'
import type { BrokerChoices, BrokerInput, BrokerView } from '@/lib/view/broker'

interface Props {
  /** Null for a new one. */
  broker: BrokerView | null
  isTestnetSwitched: boolean
  choices: BrokerChoices
  actions: AccountActions
  onClose: () => void
}

/** A broker from its entry to its confirmation: what is typed, the test of the keys, what the account holds. */
export function BrokerDialog({ broker, isTestnetSwitched, choices, actions, onClose }: Props) {
  const t = useTranslations('account.dialog')
  const [input, setInput] = useState<BrokerInput | null>(null)
  const [isChecking, setChecking] = useState(false)
  return (
    <Dialog title={broker === null ? t('new') : t('edit', { name: broker.name })} isOpen onClose={onClose}>
      {isChecking && input !== null ? (
        <BrokerCheck input={input} actions={actions} onBack={() => setChecking(false)} onDone={onClose} />
      ) : (
        <BrokerForm
          broker={broker}
          isTestnetSwitched={isTestnetSwitched}
          typed={input}
          choices={choices}
          save={actions.save}
          onCancel={onClose}
          onSaved={(saved, needsCheck) => {
            setInput(saved)
            if (needsCheck) setChecking(true)
            else onClose()
          }}
        />
      )}
    </Dialog>
  )
}
