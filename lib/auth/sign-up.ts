import { z } from 'zod'
import { hashPassword, PASSWORD_MAX, PASSWORD_MIN } from '@/lib/auth/password'
import { createUser } from '@/lib/db/user-repository'

const schema = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{1,31}$/u),
  password: z.string().min(PASSWORD_MIN).max(PASSWORD_MAX),
})

export type SignUpResult =
  | { isCreated: true; userId: string; name: string }
  | { isCreated: false; reason: 'NAME_FORM' | 'PASSWORD_LENGTH' | 'NAME_TAKEN' | 'USER_LIMIT' }

/** Creates an account: at most five, also under concurrent requests (the database counts). */
export async function signUp(input: { name: string; password: string }): Promise<SignUpResult> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) {
    const isName = parsed.error.issues.some((issue) => issue.path[0] === 'name')
    return { isCreated: false, reason: isName ? 'NAME_FORM' : 'PASSWORD_LENGTH' }
  }
  const created = await createUser(parsed.data.name, await hashPassword(parsed.data.password))
  if (created.outcome !== 'CREATED') return { isCreated: false, reason: created.outcome }
  return { isCreated: true, userId: created.id, name: parsed.data.name }
}
