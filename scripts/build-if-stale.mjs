// Builds the application when there is no build yet or the sources have changed since.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fingerprint } from './sources.mjs'

const STAMP = 'dist/build.stamp'
const wanted = fingerprint()
const built = existsSync(STAMP) && existsSync('.next/BUILD_ID') ? readFileSync(STAMP, 'utf8') : ''
if (built === wanted) process.exit(0)

const steps = [
  ['database client', ['node_modules/prisma/build/index.js', 'generate']],
  ['daemons', ['scripts/build-daemons.mjs']],
  ['web application (about half a minute, once)', ['node_modules/next/dist/bin/next', 'build']],
]
for (const [index, [what, args]] of steps.entries()) {
  console.log(`Building ${index + 1}/${steps.length}: ${what}`)
  const result = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (result.status !== 0) {
    console.error(result.stdout, result.stderr)
    console.error(`The build failed at: ${what}`)
    process.exit(1)
  }
}
mkdirSync('dist', { recursive: true })
writeFileSync(STAMP, wanted)
