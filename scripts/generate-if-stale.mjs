// Makes the database client when it is missing or older than the schema. Says nothing: what follows may print figures for a program.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

const timeOf = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

if (timeOf('lib/db/generated/client.ts') < timeOf('prisma/schema.prisma')) {
  const result = spawnSync(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], { encoding: 'utf8' })
  if (result.status !== 0) {
    console.error(result.stdout, result.stderr)
    process.exit(1)
  }
}
