import { requireUser } from '@/lib/auth/session'

export default async function Page() {
  const user = await requireUser()
  return <h1>{user.name}</h1>
}
