import { z } from 'zod'
import { isOwnOrigin } from '@/lib/auth/origin'
import { isDebugActive, isDebugAllowed, setDebugMode } from '@/lib/use-cases/set-debug-mode'

const schema = z.object({ isActive: z.boolean() })
const refused = () => Response.json({ error: 'FORBIDDEN' }, { status: 403 })

/** The stored development mode. Refused where DEBUG_ARISTOBOT is False. */
export async function GET(): Promise<Response> {
  if (!isDebugAllowed()) return refused()
  return Response.json({ isActive: await isDebugActive() })
}

/** Switches the development mode. Refused where DEBUG_ARISTOBOT is False, and to pages of other sites. */
export async function POST(request: Request): Promise<Response> {
  if (!isOwnOrigin(request.headers.get('origin'), request.headers.get('host'))) return refused()
  if (!isDebugAllowed()) return refused()
  const parsed = schema.safeParse(await request.json().catch(() => undefined))
  if (!parsed.success) return Response.json({ error: 'BAD_REQUEST' }, { status: 400 })
  await setDebugMode(parsed.data.isActive)
  return Response.json({ isActive: parsed.data.isActive })
}
