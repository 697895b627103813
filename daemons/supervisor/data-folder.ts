import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// The data folder: secrets made at the first run and readable by their owner only.

export const dataFolder = (): string => resolve(process.env['DATA_DIR'] ?? '.data')

/** A kept secret of 64 hexadecimal digits, made at its first use. */
export function keptSecret(name: string): string {
  const folder = dataFolder()
  const file = join(folder, `${name}.secret`)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Fills in the settings that the processes need and nobody gave: the secret key, and absolute paths. */
export function fillEnvironment(): void {
  process.env['DATA_DIR'] = dataFolder()
  if (!process.env['SECRET_KEY']) process.env['SECRET_KEY'] = keptSecret('key')
}

/** For command-line programs beside a running installation: its .env, its secret key and its database. */
export function useInstallation(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
  fillEnvironment()
  const port = process.env['DB_PORT'] ?? '54320'
  if (!process.env['DATABASE_URL'])
    process.env['DATABASE_URL'] = `postgresql://aristobot:${keptSecret('postgres')}@127.0.0.1:${port}/aristobot`
}
