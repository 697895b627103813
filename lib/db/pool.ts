import pg from 'pg'
import { env } from '@/lib/platform/env'
import { SteadyClient } from '@/lib/platform/steady-client'

let pool: pg.Pool | undefined
let orders: pg.Pool | undefined
let relaxed: pg.Pool | undefined
let reports: pg.Pool | undefined
let ledger: pg.Pool | undefined

/** Our statements are few and fixed; one more than this is made up at run time and not worth keeping. */
const MOST_PREPARED = 300
const prepared = new Map<string, string>()

/** The name of a statement, the same on every connection of this process. */
function nameOf(text: string): string | undefined {
  const known = prepared.get(text)
  if (known !== undefined || prepared.size >= MOST_PREPARED) return known
  const name = `s${prepared.size}`
  prepared.set(text, name)
  return name
}

type Query = (text: unknown, values?: unknown, callback?: unknown) => unknown

/** Prepares each statement once a connection: reading and planning one costs the server more than running it. */
class PreparingClient extends SteadyClient {
  constructor(config?: pg.ClientConfig) {
    super(config)
    const plain = super.query.bind(this) as Query
    const query: Query = (text, values, callback) => {
      const name = typeof text === 'string' && Array.isArray(values) ? nameOf(text) : undefined
      return name === undefined ? plain(text, values, callback) : plain({ name, text, values }, callback)
    }
    this.query = query as typeof this.query
  }
}

const open = (options: pg.PoolConfig): pg.Pool => {
  const opened = new pg.Pool({
    connectionString: env().DATABASE_URL,
    idleTimeoutMillis: 600_000,
    Client: PreparingClient,
    ...options,
  })
  // An idle connection that the server cuts is replaced at the next query; without a listener it would end the process.
  opened.on('error', () => undefined)
  return opened
}

/** Plain connections, where one statement claims and writes at once. Made at first use. */
export const pgPool = (): pg.Pool => (pool ??= open({ max: 8 }))

/**
 * Statements that find rows by key are planned once a connection, and by index: a plan that reads a whole table is the best one
 * while the table is empty, and is still in use when it is not. Servers before version 18 price what is switched off so high that
 * they would compile it.
 */
const BY_KEY = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off'

/** For the few statements between a webhook and its order. Nothing else holds these connections. */
export const orderPool = (): pg.Pool => (orders ??= open({ max: 6, options: BY_KEY }))

/** For what is written of executions: two large statements, planned once. Apart, so that it holds up no order. */
export const ledgerPool = (): pg.Pool => (ledger ??= open({ max: 4, options: BY_KEY }))

/**
 * For rows that may be forgotten when the database itself crashes: questions to the gateway and their answers. A commit
 * here waits for no disk. Never for orders.
 */
export const relaxedPool = (): pg.Pool => (relaxed ??= open({ max: 4, options: `-c synchronous_commit=off ${BY_KEY}` }))

/**
 * For statistics and exports, which read whole accounts: they may sort in memory, are planned for what they ask, and never
 * hold the connections that a page or an order waits for.
 */
export const reportPool = (): pg.Pool =>
  (reports ??= open({ max: 3, options: '-c work_mem=64MB -c plan_cache_mode=force_custom_plan' }))

export async function closePool(): Promise<void> {
  const closing = [pool, orders, ledger, relaxed, reports].filter((each) => each !== undefined)
  pool = undefined
  orders = undefined
  ledger = undefined
  relaxed = undefined
  reports = undefined
  await Promise.all(closing.map((each) => each.end()))
}
