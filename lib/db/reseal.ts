import { inTransaction } from '@/lib/db/transaction'
import { seal, unsealWith, type VaultKeys } from '@/lib/platform/vault'

// Every sealed column, with the id that its text is bound to.
const SEALED = [
  { table: 'brokers', column: 'credentials_sealed', boundTo: 'id' },
  { table: 'webhook_tokens', column: 'sealed', boundTo: 'user_id' },
  { table: 'users', column: 'ai_key_sealed', boundTo: 'id' },
  { table: 'alert_channels', column: 'address_sealed', boundTo: 'id' },
] as const

/**
 * Seals everything with the present key that was sealed with the one before. One transaction: a crash leaves all as it was,
 * and as long as both keys are known either state can be read. Returns how many texts there are.
 * @throws Error when a text opens with neither key; then nothing is changed.
 */
export async function resealAll(keys: VaultKeys): Promise<number> {
  return inTransaction(async (tx) => {
    let count = 0
    for (const { table, column, boundTo } of SEALED) {
      const { rows } = await tx.query<{ id: string; bound: string; text: string }>(
        `SELECT id, ${boundTo} AS bound, ${column} AS text FROM ${table} WHERE ${column} IS NOT NULL FOR UPDATE`,
      )
      for (const { id, bound, text } of rows) {
        const anew = seal(unsealWith(text, keys, bound), keys.SECRET_KEY, bound)
        await tx.query(`UPDATE ${table} SET ${column} = $2 WHERE id = $1`, [id, anew])
        count += 1
      }
    }
    return count
  })
}
