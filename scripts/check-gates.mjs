// Each gate of `npm run check` must be able to fail: a fault of its kind is planted in a copy-free way (a file added and
// removed again), and the gate has to find it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const node = process.execPath
const bin = (path, ...args) => [node, [`node_modules/${path}`, ...args]]
const cruise = bin(
  'dependency-cruiser/bin/dependency-cruiser.mjs',
  '--config',
  '.dependency-cruiser.cjs',
  'app',
  'components',
  'lib',
  'daemons',
)

/** One run of the linter finds them all. */
const LINT_FAULTS = [
  [
    'lint: floating promise',
    'lib/platform/planted-promise.ts',
    'export function planted(): void {\n  Promise.resolve()\n}\n',
  ],
  ['lint: float parsing of money', 'lib/use-cases/planted-float.ts', "export const planted = Number('1.1')\n"],
  [
    'lint: clock in the domain',
    'lib/domain/money/planted-clock.ts',
    'export const planted = (): number => Date.now()\n',
  ],
  ['lint: environment', 'lib/view/planted-environment.ts', 'export const planted = process.env.HOME\n'],
]

const FAULTS = [
  [
    'format',
    'lib/domain/money/planted.ts',
    'export const a   =  1\n',
    bin('@biomejs/biome/bin/biome', 'format', 'lib/domain/money'),
  ],
  [
    'types',
    'lib/domain/money/planted.ts',
    "export const planted: number = 'text'\n",
    bin('typescript/bin/tsc', '--noEmit', '--incremental', 'false'),
  ],
  ['import rules: layer', 'lib/domain/money/planted.ts', "export { env } from '@/lib/platform/env'\n", cruise],
  [
    'import rules: exchange from a page',
    'components/planted.ts',
    "export { ExchangeRegistry } from '@/lib/exchanges/registry'\n",
    cruise,
  ],
  [
    'import rules: circle',
    'lib/view/planted.ts',
    "import { b } from '@/lib/view/planted-too'\nexport const a = (): number => b()\n",
    cruise,
    ['lib/view/planted-too.ts', "import { a } from '@/lib/view/planted'\nexport const b = (): number => a()\n"],
  ],
  ['dead code', 'lib/view/planted.ts', 'export const nobodyReadsThis = 1\n', bin('knip/bin/knip.js', '--no-progress')],
  [
    'file size',
    'lib/view/planted.ts',
    `${Array.from({ length: 410 }, (_, i) => `export const a${i} = ${i}`).join('\n')}\n`,
    [node, ['scripts/check-tree.mjs']],
  ],
  ['vague name', 'lib/view/helpers.ts', 'export const a = 1\n', [node, ['scripts/check-tree.mjs']]],
]

let missed = 0
let planted = 0
const stemOf = (file) => file.split('/').at(-1).replace('.ts', '')

/** Plants the files, runs the gate, and takes the files away again. Answers what the gate printed, and whether it failed. */
function findingsOf(files, [program, args]) {
  for (const [path] of files) if (existsSync(path)) throw new Error(`${path} is in the way`)
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    return { output: `${stdout}${stderr}`, hasFailed: status !== 0 }
  } finally {
    for (const [path] of files) rmSync(path, { force: true })
  }
}

function judge(name, file, { output, hasFailed }) {
  const isCaught = hasFailed && output.includes(stemOf(file))
  console.log(`${isCaught ? 'caught' : 'MISSED'} ${name}`)
  planted++
  if (isCaught) return
  missed++
  console.log(output.slice(0, 2000))
}

for (const [name, file, text, gate, second] of FAULTS)
  judge(name, file, findingsOf([[file, text], ...(second ? [second] : [])], gate))
const lintFiles = LINT_FAULTS.map(([, file, text]) => [file, text])
const findings = findingsOf(lintFiles, bin('eslint/bin/eslint.js', ...lintFiles.map(([file]) => file)))
for (const [name, file] of LINT_FAULTS) judge(name, file, findings)

console.log(`${planted - missed} planted faults caught, ${missed} missed`)
process.exit(missed === 0 ? 0 : 1)
