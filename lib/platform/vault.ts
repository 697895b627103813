import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

// Authenticated encryption of exchange keys, AI keys and tokens at rest: AES-256-GCM (NIST SP 800-38D), key derived from
// SECRET_KEY by HKDF-SHA256. The associated data binds a ciphertext to its row, so that rows cannot be swapped.
// Layout: "v1." + base64url(12-byte nonce | 16-byte tag | ciphertext).

const keyOf = (secretKey: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, 'aristobot', 'credential-vault', 32))

export function seal(plaintext: string, secretKey: string, boundTo: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secretKey), nonce).setAAD(Buffer.from(boundTo))
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return `v1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`
}

/** The keys in use: what is sealed from now on takes the first, what was sealed before may have taken the second. */
export interface VaultKeys {
  SECRET_KEY: string
  SECRET_KEY_PREVIOUS?: string | undefined
}

/** Opens with the key, or with the one before it. Throws when neither fits or the text was changed. */
export function unsealWith(sealed: string, keys: VaultKeys, boundTo: string): string {
  try {
    return unseal(sealed, keys.SECRET_KEY, boundTo)
  } catch (error) {
    if (keys.SECRET_KEY_PREVIOUS === undefined) throw error
    return unseal(sealed, keys.SECRET_KEY_PREVIOUS, boundTo)
  }
}

/** Throws when the key is another one or the text was changed. */
export function unseal(sealed: string, secretKey: string, boundTo: string): string {
  if (!sealed.startsWith('v1.')) throw new Error('sealed text of an unknown version')
  const bytes = Buffer.from(sealed.slice(3), 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secretKey), bytes.subarray(0, 12)).setAAD(Buffer.from(boundTo))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}
