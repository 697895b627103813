// A fingerprint of everything that goes into a build.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['app', 'components', 'daemons', 'lib', 'messages', 'prisma', 'scripts', 'public']
const FILES = ['package-lock.json', 'next.config.ts', 'proxy.ts', 'postcss.config.mjs', 'tsconfig.json']

function* walk(folder) {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (path === join('lib', 'db', 'generated')) continue
    if (entry.isDirectory()) yield* walk(path)
    else if (!entry.name.endsWith('.test.ts')) yield path
  }
}

export function fingerprint() {
  const hash = createHash('sha256')
  for (const path of [...FILES, ...FOLDERS.flatMap((folder) => [...walk(folder)])]) {
    hash.update(path)
    try {
      hash.update(readFileSync(path))
    } catch {
      hash.update('absent')
    }
  }
  return hash.digest('hex')
}
