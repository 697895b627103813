// npm run check: format, lint, types, import rules, dead code, file sizes, schema, lock file, unit tests. Every finding is an error.
import { spawnSync } from 'node:child_process'

const node = process.execPath
const bin = (path, ...args) => [node, [`node_modules/${path}`, ...args]]
const STEPS = [
  ['database client', bin('prisma/build/index.js', 'generate')],
  ['format', bin('@biomejs/biome/bin/biome', 'format', '.')],
  ['types', bin('typescript/bin/tsc', '--noEmit')],
  ['lint', bin('eslint/bin/eslint.js', '.', '--max-warnings', '0')],
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
for (const [name, [file, args]] of STEPS) {
  const start = performance.now()
  const result = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const isWell = result.status === 0
  console.log(`${isWell ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
  if (name === 'unit tests' || !isWell) console.log(`${result.stdout}${result.stderr}`.trimEnd())
  if (!isWell) failed.push(name)
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exit(1)
}
