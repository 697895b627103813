'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { type AccountActions, type Refusal, settled } from '@/components/account/account-actions'
import { RefusalText } from '@/components/account/refusal-text'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import type { BrokerView, CancelAllAnswer } from '@/lib/view/broker'

interface Props {
  broker: BrokerView
  cancelAll: AccountActions['cancelAll']
  onClose: () => void
}

/** « Tout annuler »: asks for the end of every live order of a broker, once it is confirmed. */
export function CancelAllDialog({ broker, cancelAll, onClose }: Props) {
  const t = useTranslations('account.cancelAll')
  const [isForeignIncluded, setForeignIncluded] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<CancelAllAnswer | Refusal | null>(null)

  async function run(): Promise<void> {
    setBusy(true)
    setAnswer(null)
    setAnswer(await settled(cancelAll(broker.id, isForeignIncluded)))
    setBusy(false)
  }
  const isDone = answer?.isDone === true

  return (
    <Dialog title={t('title', { name: broker.name })} isOpen onClose={onClose}>
      {isDone ? (
        <p role="status" data-testid="cancel-all-done" className="text-[13px] text-up">
          {t('done', { asked: answer.asked, atExchange: answer.atExchange })}
        </p>
      ) : (
        <>
          <p className="text-[13px] text-soft">{t('text')}</p>
          <p className="text-[13px] text-warn">{t('stops')}</p>
          <label className="flex items-center gap-2 text-[13px]">
            <input
              type="checkbox"
              className="accent-accent"
              data-testid="cancel-foreign"
              checked={isForeignIncluded}
              disabled={isBusy}
              onChange={(event) => setForeignIncluded(event.target.checked)}
            />
            {t('foreign')}
          </label>
        </>
      )}
      {answer?.isDone === false ? <RefusalText refusal={answer} /> : null}
      <div className="flex justify-end gap-2">
        <Button tone="quiet" autoFocus onClick={onClose}>
          {t('close')}
        </Button>
        {isDone ? null : (
          <Button tone="danger" data-testid="confirm-cancel-all" disabled={isBusy} onClick={() => void run()}>
            {isBusy ? t('busy') : t('confirm')}
          </Button>
        )}
      </div>
    </Dialog>
  )
}
