'use server'

import { z } from 'zod'
import { signUp } from '@/lib/auth/sign-up'
import { createLogger } from '@/lib/platform/logger'
import { provisionUser } from '@/lib/use-cases/provision-user'
import type { SignUpAnswer } from '@/lib/view/sign-in'

const log = createLogger('web')
const schema = z.object({ name: z.string().max(200), password: z.string().max(1000) })

/** Creates an account and says in one word why not. */
export async function createAccount(input: z.input<typeof schema>): Promise<SignUpAnswer> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) return { isCreated: false, reason: 'NAME_FORM' }
  try {
    const result = await signUp(parsed.data)
    if (!result.isCreated) return { isCreated: false, reason: result.reason }
    // The account stands even when the paper exchange is away: its page offers to open the paper broker later.
    await provisionUser(result.userId).catch((error: unknown) =>
      log.warn({ error }, 'new account without paper broker'),
    )
    return { isCreated: true }
  } catch (error) {
    log.error({ error }, 'account not created')
    return { isCreated: false, reason: 'UNAVAILABLE' }
  }
}
