import { createServer } from 'node:http'
import pg from 'pg'
import { bareDoor, bareOrderOf, openBareExchange } from '@/bench/bare-order'
import { setting, tell } from '@/bench/role'

// The least that a journal costs: rows of three columns, without a check, an event or an order of arrival. Once in one
// process, which keeps webhook and order in one commit and then sends; once in three, which wake each other as the bot's do,
// each after a commit of its own.

// Named, so that each is planned once a connection.
const KEEP_BOTH = {
  name: 'keep both',
  text: `WITH kept AS (INSERT INTO webhooks (body, is_done) VALUES ($1, true) RETURNING id)
    INSERT INTO orders SELECT id, $1, true FROM kept RETURNING id`,
}
const KEEP = {
  name: 'keep',
  text: `WITH kept AS (INSERT INTO webhooks (body) VALUES ($1) RETURNING id)
    SELECT pg_notify('chain_webhook', id::text) FROM kept`,
}
const DECIDE = {
  name: 'decide',
  text: `WITH taken AS (UPDATE webhooks SET is_done = true WHERE id = $1 AND NOT is_done RETURNING id, body),
    placed AS (INSERT INTO orders SELECT id, body FROM taken RETURNING id)
    SELECT pg_notify('chain_order', id::text) FROM placed`,
}
const CLAIM = {
  name: 'claim',
  text: 'UPDATE orders SET is_sent = true WHERE id = $1 AND NOT is_sent RETURNING body',
}

const connectionString = setting('CHAIN_URL')
const pool = new pg.Pool({ connectionString, max: 6 })
const run = async <R extends pg.QueryResultRow>(statement: pg.QueryConfig, value: string): Promise<R[]> =>
  (await pool.query<R>({ ...statement, values: [value] })).rows

async function onWake(channel: string, take: (id: string) => Promise<unknown>): Promise<void> {
  const listener = new pg.Client({ connectionString })
  await listener.connect()
  await listener.query(`LISTEN ${channel}`)
  listener.on('notification', ({ payload = '' }) => void take(payload))
  tell({ ready: true })
}

function listen(take: (body: string) => Promise<unknown>): void {
  const server = createServer(bareDoor(take))
  server.keepAliveTimeout = 60_000
  server.listen(+setting('CHAIN_PORT'), '127.0.0.1', () => tell({ ready: true }))
}

const PARTS: Record<string, () => void | Promise<void>> = {
  one() {
    const send = openBareExchange(setting('DOOR_URL'))
    listen(async (body) => {
      const [order] = await run<{ id: string }>(KEEP_BOTH, body)
      void send(bareOrderOf(body), `one${order?.id ?? ''}`)
    })
  },
  receiver: () => listen((body) => run(KEEP, body)),
  engine: () => onWake('chain_webhook', (id) => run(DECIDE, id)),
  async gateway() {
    const send = openBareExchange(setting('DOOR_URL'))
    await onWake('chain_order', async (id) => {
      const [order] = await run<{ body: string }>(CLAIM, id)
      if (order) await send(bareOrderOf(order.body), `chain${id}`)
    })
  },
}

await PARTS[setting('CHAIN_PART')]?.()
process.on('disconnect', () => process.exit(0))
