import pg from 'pg'

/** A database of its own for the bare chain, so that its wake-ups reach nobody else. Resolves to its address. */
export async function createChainDatabase(databaseUrl: string): Promise<string> {
  const administrator = new pg.Client({ connectionString: databaseUrl })
  await administrator.connect()
  await administrator.query('CREATE DATABASE chain')
  await administrator.end()
  const url = new URL(databaseUrl)
  url.pathname = '/chain'
  const chain = new pg.Client({ connectionString: url.href })
  await chain.connect()
  await chain.query(`
    CREATE TABLE webhooks (id bigserial PRIMARY KEY, body text NOT NULL, is_done boolean NOT NULL DEFAULT false);
    CREATE TABLE orders (id bigint PRIMARY KEY, body text NOT NULL, is_sent boolean NOT NULL DEFAULT false)`)
  await chain.end()
  return url.href
}
