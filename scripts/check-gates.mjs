// Each gate of `npm run check` must be able to fail: a fault of its kind is planted in a copy-free way (a file added and
// removed again), and the gate has to find it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const node = process.execPath
const bin = (path, ...args) => [node, [`node_modules/${path}`, ...args]]
const eslint = (file) => bin('eslint/bin/eslint.js', file)
const cruise = bin(
  'dependency-cruiser/bin/dependency-cruiser.mjs',
  '--config',
  '.dependency-cruiser.cjs',
  'app',
  'components',
  'lib',
  'daemons',
)

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
  [
    'lint: floating promise',
    'lib/platform/planted.ts',
    'export function planted(): void {\n  Promise.resolve()\n}\n',
    eslint('lib/platform/planted.ts'),
  ],
  [
    'lint: float parsing of money',
    'lib/use-cases/planted.ts',
    "export const planted = Number('1.1')\n",
    eslint('lib/use-cases/planted.ts'),
  ],
  [
    'lint: clock in the domain',
    'lib/domain/money/planted.ts',
    'export const planted = (): number => Date.now()\n',
    eslint('lib/domain/money/planted.ts'),
  ],
  [
    'lint: environment',
    'lib/view/planted.ts',
    'export const planted = process.env.HOME\n',
    eslint('lib/view/planted.ts'),
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
for (const [name, file, text, [program, args], second] of FAULTS) {
  const files = [[file, text], ...(second ? [second] : [])]
  for (const [path] of files) if (existsSync(path)) throw new Error(`${path} is in the way`)
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
    }
    const result = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    const isCaught =
      result.status !== 0 && `${result.stdout}${result.stderr}`.includes(file.split('/').at(-1).replace('.ts', ''))
    console.log(`${isCaught ? 'caught' : 'MISSED'} ${name}`)
    if (!isCaught) {
      missed++
      console.log(`${result.stdout}${result.stderr}`.slice(0, 2000))
    }
  } finally {
    for (const [path] of files) rmSync(path, { force: true })
  }
}
console.log(`${FAULTS.length - missed} planted faults caught, ${missed} missed`)
process.exit(missed === 0 ? 0 : 1)
