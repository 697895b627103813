'use client'

import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { type RunActions, settled } from '@/components/bots/run-actions'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import type { RunView } from '@/lib/view/run'
import type { RunAnswer } from '@/lib/view/run-form'

interface Props {
  run: RunView
  actions: RunActions
  onDone: () => void
  onRefused: (text: string) => void
}

/** « Vendre », « Suspendre »/« Reprendre » and « Stop ». They write to the database; the engine acts on it. */
export function RunCommands({ run, actions, onDone, onRefused }: Props) {
  const t = useTranslations('bots.commands')
  const tRefusal = useTranslations('bots.form.refusal')
  const [isBusy, setBusy] = useState(false)
  const [isAsking, setAsking] = useState(false)

  async function execute(command: (runId: string) => Promise<RunAnswer>): Promise<void> {
    setBusy(true)
    const answer = await settled(command(run.id))
    setBusy(false)
    setAsking(false)
    if (answer.isDone) onDone()
    else onRefused(tRefusal(answer.reason))
  }

  const isOver = run.state === 'STOPPED' || run.state === 'ENDED'
  return (
    <div className="flex items-center gap-1.5">
      {run.position === null ? null : (
        <Button
          size="small"
          data-testid="run-sell"
          disabled={isBusy || run.exitRequestedAt !== null}
          onClick={() => void execute(actions.sell)}
        >
          {run.exitRequestedAt === null ? t('sell') : t('selling')}
        </Button>
      )}
      {isOver ? null : run.state === 'SUSPENDED' ? (
        <Button size="small" data-testid="run-resume" disabled={isBusy} onClick={() => void execute(actions.resume)}>
          {t('resume')}
        </Button>
      ) : (
        <Button size="small" data-testid="run-suspend" disabled={isBusy} onClick={() => void execute(actions.suspend)}>
          {t('suspend')}
        </Button>
      )}
      {isOver ? null : (
        <Button
          size="small"
          tone="danger"
          data-testid="run-stop"
          disabled={isBusy}
          onClick={() => (run.position === null ? void execute(actions.stop) : setAsking(true))}
        >
          {t('stop')}
        </Button>
      )}
      <Dialog title={t('stopTitle', { name: run.strategyName })} isOpen={isAsking} onClose={() => setAsking(false)}>
        <p className="text-[13px] text-soft">{t('stopText', { symbol: run.symbol })}</p>
        <div className="flex justify-end gap-2">
          <Button tone="quiet" onClick={() => setAsking(false)}>
            {t('cancel')}
          </Button>
          <Button tone="danger" data-testid="confirm-stop" disabled={isBusy} onClick={() => void execute(actions.stop)}>
            {t('confirmStop')}
          </Button>
        </div>
      </Dialog>
    </div>
  )
}
