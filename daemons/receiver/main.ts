import { rehearseDoor } from '@/daemons/receiver/rehearse-door'
import { createReceiver } from '@/daemons/receiver/server'
import { bootAlone } from '@/daemons/runtime/boot'
import { queueSettings } from '@/lib/platform/env'
import { every } from '@/lib/platform/every'
import { createBus } from '@/lib/bus/bus'
import { disconnectPrisma } from '@/lib/db/client'
import { closePool } from '@/lib/db/pool'
import { rehearseOrderPath } from '@/lib/db/rehearsal'
import { keepRejectedMessage } from '@/lib/db/rejected-message-repository'
import { storeSpooled } from '@/lib/use-cases/record-webhook'
import { createWebhookDoor } from '@/lib/use-cases/webhook-door'
import { createWebhookTokens } from '@/lib/use-cases/webhook-tokens'

const REFRESH_EVERY_MS = 30_000
const DRAIN_EVERY_MS = 1000

// Starts without waiting for the database: webhooks are accepted while it is away.
bootAlone('receiver', async ({ env, log, clock, stopping, setError }) => {
  const bus = createBus({
    name: 'receiver',
    ...queueSettings(env),
    log,
    onRejected: keepRejectedMessage,
  })
  const desk = { bus, log, tokens: createWebhookTokens() }
  const server = createReceiver(createWebhookDoor(desk, env), clock)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(new Error(`Port ${env.RECEIVER_PORT} for webhooks cannot be used (${error.message}). Set RECEIVER_PORT.`)),
    )
    server.listen(env.RECEIVER_PORT, env.HOST, resolve)
  })
  Promise.all([rehearseOrderPath(clock()), rehearseDoor(server)]).catch((error: unknown) =>
    log.debug({ error }, 'rehearsal failed'),
  )
  const loops = [
    every(REFRESH_EVERY_MS, stopping, log, 'tokens', () => desk.tokens.refresh()),
    every(DRAIN_EVERY_MS, stopping, log, 'spool', async () => {
      try {
        const stored = await storeSpooled(desk)
        if (stored > 0) log.info({ stored }, 'webhooks taken over from disk')
        setError(null)
      } catch (error) {
        setError('the database is away: webhooks wait on disk')
        throw error
      }
    }),
  ]
  return async () => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
    await Promise.all(loops)
    await bus.close()
    await disconnectPrisma()
    await closePool()
  }
})
