import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { embeddedUrl } from '@/lib/db/embedded-address'

// The data folder: secrets made at the first run and readable by their owner only.

export const dataFolder = (): string => resolve(process.env['DATA_DIR'] ?? '.data')

const PREVIOUS_KEY = 'key-previous'
const secretFile = (name: string): string => join(dataFolder(), `${name}.secret`)

/** A kept secret of 64 hexadecimal digits, made at its first use. */
export function keptSecret(name: string): string {
  const file = secretFile(name)
  mkdirSync(dataFolder(), { recursive: true })
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Fills in the settings that the processes need and nobody gave: the secret key, and absolute paths. */
export function fillEnvironment(): void {
  process.env['DATA_DIR'] = dataFolder()
  if (process.env['SECRET_KEY']) return
  process.env['SECRET_KEY'] = keptSecret('key')
  const previous = secretFile(PREVIOUS_KEY)
  if (existsSync(previous)) process.env['SECRET_KEY_PREVIOUS'] = readFileSync(previous, 'utf8').trim()
}

/**
 * Makes a new secret key; the present one stays beside it until all that it sealed is sealed anew, which the next start does.
 * @throws Error when the key is given from outside, or an earlier rotation waits for its start.
 */
export function rotateKey(): void {
  if (process.env['SECRET_KEY'] && process.env['SECRET_KEY'] !== keptSecret('key'))
    throw new Error(
      'SECRET_KEY is set by you: set the new one there, and the old one as SECRET_KEY_PREVIOUS, then restart.',
    )
  if (existsSync(secretFile(PREVIOUS_KEY)))
    throw new Error('A new key was made already and waits for the next start of Aristobot.')
  const key = secretFile('key')
  copyFileSync(key, secretFile(PREVIOUS_KEY))
  // Written aside and moved: a crash leaves the old key or the new one, never half of it.
  writeFileSync(`${key}.new`, randomBytes(32).toString('hex'), { mode: 0o600 })
  renameSync(`${key}.new`, key)
}

/** All is sealed with the present key: the one before it is not needed any more. */
export function forgetPreviousKey(): void {
  rmSync(secretFile(PREVIOUS_KEY), { force: true })
  delete process.env['SECRET_KEY_PREVIOUS']
}

/** For command-line programs beside a running installation: its .env, its secret key and its database. */
export function useInstallation(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
  fillEnvironment()
  const port = +(process.env['DB_PORT'] ?? '54320')
  if (process.env['DATABASE_URL']) return
  const address = { dataDir: dataFolder(), port, password: keptSecret('postgres') }
  process.env['DATABASE_URL'] = embeddedUrl(address)
  process.env['QUEUE_DATABASE_URL'] ||= embeddedUrl(address, 'aristobot_queues')
}
