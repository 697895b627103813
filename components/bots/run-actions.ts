import type { RunAnswer, RunInput } from '@/lib/view/run-form'

/** The commands of the Trading BOT page, as the server offers them. */
export interface RunActions {
  activate: (input: RunInput) => Promise<RunAnswer>
  stop: (runId: string) => Promise<RunAnswer>
  suspend: (runId: string) => Promise<RunAnswer>
  resume: (runId: string) => Promise<RunAnswer>
  sell: (runId: string) => Promise<RunAnswer>
  openPaperAccount: () => Promise<boolean>
}

/** A command whose answer never came counts as a server that does not answer. */
export const settled = (answer: Promise<RunAnswer>): Promise<RunAnswer> =>
  answer.catch((): RunAnswer => ({ isDone: false, reason: 'UNAVAILABLE' }))
