// Bundles our own code of each daemon into one file under dist/; packages stay outside.
import { existsSync, readdirSync } from 'node:fs'
import { build } from 'esbuild'

const entries = readdirSync('daemons')
  .map((name) => `daemons/${name}/main.ts`)
  .filter((file) => existsSync(file))
const tools = readdirSync('scripts')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `scripts/${file}`)

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
