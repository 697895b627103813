import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { closePool, ledgerPool, orderPool, pgPool, relaxedPool } from '@/lib/db/pool'
import { inTransaction, type Queryable } from '@/lib/db/transaction'

// What the loss of a connection ends: the work on it, and nothing else.

afterAll(() => closePool())

/** Cuts a connection while nothing is asked on it. */
async function cut(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  await pgPool().query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await sleep(100)
}

describe('a connection that the server cuts', () => {
  it('in the middle of a transaction ends that transaction alone', async () => {
    const late = inTransaction(async (tx) => {
      await cut(tx)
      await tx.query('SELECT 1')
    })
    await expect(late).rejects.toThrow()
    expect(await inTransaction(async (tx) => (await tx.query('SELECT 1 AS one')).rows)).toEqual([{ one: 1 }])
  })

  it.each([
    ['orders', orderPool],
    ['the ledger', ledgerPool],
  ])('is replaced at the next statement: %s', async (_, pool) => {
    const client = await pool().connect()
    await cut(client)
    client.release()
    expect((await pool().query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

it.each([
  ['orders', orderPool],
  ['the ledger', ledgerPool],
  ['what may be forgotten', relaxedPool],
])('rows are found by key also while a table is empty: %s', async (_, pool) => {
  const { rows } = await pool().query<Record<string, string>>(
    'EXPLAIN (GENERIC_PLAN) SELECT 1 FROM webhooks WHERE id = ANY ($1::bigint[])',
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toMatch(/Index/)
  expect(plan).not.toMatch(/Seq Scan/)
})
