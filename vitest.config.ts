import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '') }

// Where the whole run reads what failed.
const report = process.env['TEST_REPORT']

// `unit`: pure and fast, beside the source. `integration`: real PostgreSQL, real Redis, real sockets; they wait more than they
// work, so three files at a time, each with ports of its own. `exchanges`: the adapters against the paper exchange, without a
// database. `system`: the launcher and all processes, after a build.
export default defineConfig({
  test: {
    reporters: ['default', ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', object]])],
    projects: [
      {
        resolve: { alias },
        test: { name: 'unit', include: ['{lib,daemons,components,app,scripts}/**/*.test.ts'], testTimeout: 10_000 },
      },
      {
        resolve: { alias },
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: ['tests/integration/exchanges/**'],
          maxWorkers: 3,
          globalSetup: 'tests/integration/setup.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'exchanges',
          // Two files at once make each other late.
          maxWorkers: 1,
          include: ['tests/integration/exchanges/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: { name: 'system', include: ['tests/system/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 120_000 },
      },
    ],
  },
})
