// Bundles our own code of each daemon into one file under dist/; packages stay outside.
import { existsSync, readdirSync } from 'node:fs'
import { build } from 'esbuild'

const entries = readdirSync('daemons')
  .map((name) => `daemons/${name}/main.ts`)
  .filter((file) => existsSync(file))
const tools = readdirSync('scripts')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `scripts/${file}`)

// The sandbox's library is text inside the runner's bundle: the sandboxed process may read one file only.
const prelude = await build({
  entryPoints: ['lib/strategy-runtime/prelude.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: '__prelude',
  target: 'es2022',
  legalComments: 'none',
})
await build({
  entryPoints: ['lib/strategy-runtime/child.ts'],
  outfile: 'dist/strategy-runtime/child.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  define: { PRELUDE: JSON.stringify(prelude.outputFiles[0].text) },
  logLevel: 'warning',
})

const { metafile } = await build({
  entryPoints: [...entries, ...tools],
  outdir: 'dist',
  outbase: '.',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
  metafile: true,
})

// A missing file of ours looks like a package to the bundler: better to fail here than at the first start.
const missing = Object.values(metafile.outputs)
  .flatMap((output) => output.imports)
  .filter(({ path, external }) => external && path.startsWith('@/'))
if (missing.length > 0) {
  console.error(`not found: ${[...new Set(missing.map(({ path }) => path))].join(', ')}`)
  process.exit(1)
}
