import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const ROUNDS = 20

/** Knocks with a token that nobody has: the first alert after a start is then let in as quickly as the hundredth. */
export async function rehearseDoor(server: Server): Promise<void> {
  const { port } = server.address() as AddressInfo
  const body = '{"Symbol": "BTCUSDT", "Action": "PING"}'
  for (let round = 0; round < ROUNDS; round++)
    await (await fetch(`http://127.0.0.1:${port}/webhooks/rehearsal`, { method: 'POST', body })).arrayBuffer()
}
