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

await build({
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
})
