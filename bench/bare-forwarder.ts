import { createServer } from 'node:http'
import { bareDoor, bareOrderOf, openBareExchange } from '@/bench/bare-order'
import { setting, tell } from '@/bench/role'

// The baseline: a webhook in, a signed order out, in one process. No journal, no queue, no check, no second look.

const send = openBareExchange(setting('DOOR_URL'))
let count = 0

const server = createServer(
  bareDoor((body) => {
    count += 1
    return send(bareOrderOf(body), `bare${count}`)
  }),
)
server.keepAliveTimeout = 60_000
server.listen(+setting('FORWARDER_PORT'), '127.0.0.1', () => tell({ ready: true }))
process.on('disconnect', () => process.exit(0))
