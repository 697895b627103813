// npm run check: format, lint, types, import rules, dead code, file sizes, schema, lock file, unit tests. Every finding is an error.
import { spawn } from 'node:child_process'

const node = process.execPath
const bin = (path, ...args) => [node, [`node_modules/${path}`, ...args]]
const FIRST = ['database client', bin('prisma/build/index.js', 'generate')]
/** The linter takes as long as everything else together: the two go side by side. */
const LINT = ['lint', bin('eslint/bin/eslint.js', '.', '--max-warnings', '0')]
const OTHERS = [
  ['format', bin('@biomejs/biome/bin/biome', 'format', '.')],
  ['types', bin('typescript/bin/tsc', '--noEmit')],
  [
    'import rules',
    bin(
      'dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'app',
      'components',
      'lib',
      'daemons',
    ),
  ],
  ['dead code', bin('knip/bin/knip.js', '--no-progress')],
  ['tree', [node, ['scripts/check-tree.mjs']]],
  ['lock file', [node, ['scripts/lockcheck.mjs']]],
  ['unit tests', bin('vitest/vitest.mjs', 'run', '--project', 'unit')],
]

const failed = []

async function run([name, [file, args]]) {
  const start = performance.now()
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  const isWell = await new Promise((resolve) => child.once('close', (code) => resolve(code === 0)))
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  if (name === 'unit tests' || !isWell) console.log(output.trimEnd())
  if (!isWell) failed.push(name)
}

async function inTurn(steps) {
  for (const step of steps) await run(step)
}

await run(FIRST)
await Promise.all([run(LINT), inTurn(OTHERS)])
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exit(1)
}
