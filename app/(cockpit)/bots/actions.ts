'use server'

import { z } from 'zod'
import { requireUser } from '@/lib/auth/session'
import { createLogger } from '@/lib/platform/logger'
import { activateRun } from '@/lib/use-cases/activate-run'
import { provisionUser } from '@/lib/use-cases/provision-user'
import { requestExit } from '@/lib/use-cases/request-exit'
import { resumeRun } from '@/lib/use-cases/resume-run'
import { stopRun } from '@/lib/use-cases/stop-run'
import { suspendRun } from '@/lib/use-cases/suspend-run'
import type { RunAnswer, RunInput } from '@/lib/view/run-form'

const log = createLogger('web')

/** Runs a command of the signed-in user; a failure becomes a sentence on the page, with its details in the log only. */
async function command(execute: (userId: string, now: number) => Promise<RunAnswer>): Promise<RunAnswer> {
  const user = await requireUser()
  try {
    return await execute(user.id, Date.now())
  } catch (error) {
    log.error({ error }, 'command of the Trading BOT page failed')
    return { isDone: false, reason: 'UNAVAILABLE' }
  }
}

async function onRun(
  runId: string,
  execute: (userId: string, runId: string, now: number) => Promise<RunAnswer>,
): Promise<RunAnswer> {
  const id = z.uuid().safeParse(runId)
  if (!id.success) return { isDone: false, reason: 'RUN_UNKNOWN' }
  return command((userId, now) => execute(userId, id.data, now))
}

export async function activate(input: RunInput): Promise<RunAnswer> {
  return command((userId, now) => activateRun(userId, input, now))
}

export async function stop(runId: string): Promise<RunAnswer> {
  return onRun(runId, stopRun)
}

export async function suspend(runId: string): Promise<RunAnswer> {
  return onRun(runId, suspendRun)
}

export async function resume(runId: string): Promise<RunAnswer> {
  return onRun(runId, resumeRun)
}

export async function sell(runId: string): Promise<RunAnswer> {
  return onRun(runId, requestExit)
}

/** Gives an account that lacks them a paper broker and the sample strategy. False when the paper exchange is away. */
export async function openPaperAccount(): Promise<boolean> {
  const user = await requireUser()
  try {
    await provisionUser(user.id)
    return true
  } catch (error) {
    log.error({ error }, 'paper account could not be opened')
    return false
  }
}
