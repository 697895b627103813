import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MAX_BODY_BYTES } from '@/lib/use-cases/webhook-door'

const ROUNDS = 20

/**
 * Knocks with more than a message may hold, which is answered before anybody asks who knocks: the first alert after a start
 * is then taken in as quickly as the hundredth.
 */
export async function rehearseDoor(server: Server): Promise<void> {
  const { port } = server.address() as AddressInfo
  const body = 'x'.repeat(MAX_BODY_BYTES + 1)
  for (let round = 0; round < ROUNDS; round++)
    await (await fetch(`http://127.0.0.1:${port}/webhooks/rehearsal`, { method: 'POST', body })).arrayBuffer()
}
