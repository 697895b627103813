'use server'

import { z } from 'zod'
import { signUp } from '@/lib/auth/sign-up'
import type { SignUpAnswer } from '@/lib/view/sign-in'

const schema = z.object({ name: z.string().max(200), password: z.string().max(1000) })

/** Creates an account and says in one word why not. */
export async function createAccount(input: z.input<typeof schema>): Promise<SignUpAnswer> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) return { isCreated: false, reason: 'NAME_FORM' }
  try {
    const result = await signUp(parsed.data)
    return result.isCreated ? { isCreated: true } : { isCreated: false, reason: result.reason }
  } catch {
    return { isCreated: false, reason: 'UNAVAILABLE' }
  }
}
