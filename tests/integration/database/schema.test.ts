import { execFileSync } from 'node:child_process'
import { afterAll, describe, expect, it } from 'vitest'
import { closePool, pgPool } from '@/lib/db/pool'

// What the migrations make, beside what the schema says.

afterAll(() => closePool())

describe('the database of the migrations', () => {
  it('is the one that the schema describes', () => {
    const left = execFileSync(
      'node_modules/.bin/prisma',
      ['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema.prisma', '--script'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    )
    expect(left.trim()).toBe('-- This is an empty migration.')
  }, 60_000)

  it('has no exclusion constraint: an update and an insert that one compares block each other', async () => {
    const { rows } = await pgPool().query("SELECT conname FROM pg_constraint WHERE contype = 'x'")
    expect(rows).toEqual([])
  })
})
