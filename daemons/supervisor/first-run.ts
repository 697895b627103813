import { randomBytes } from 'node:crypto'
import { signUp } from '@/lib/auth/sign-up'
import { countUsers, listUsersWithoutAnything } from '@/lib/db/user-repository'
import { provisionUser } from '@/lib/use-cases/provision-user'

export interface FirstCredentials {
  name: string
  password: string
}

/** On an empty installation: creates the users "dev" and "dac" with random passwords, which are shown once and stored only hashed. */
export async function createFirstUsers(): Promise<FirstCredentials[]> {
  if ((await countUsers()) > 0) return []
  const created: FirstCredentials[] = []
  for (const name of ['dev', 'dac']) {
    const password = randomBytes(9).toString('base64url')
    const result = await signUp({ name, password })
    if (result.isCreated) created.push({ name, password })
  }
  return created
}

/** Gives every user who has neither a broker nor a strategy what a first user finds: a paper broker and a sample strategy. */
export async function provisionNewUsers(): Promise<void> {
  for (const userId of await listUsersWithoutAnything()) await provisionUser(userId)
}
