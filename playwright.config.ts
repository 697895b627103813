import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findBrowser } from './tests/e2e/browser'
import { seedWithCrossingAt } from './tests/e2e/market-seed'

// Where the whole run reads what failed.
const report = process.env['TEST_REPORT']
const port = 24_700
const MINUTE = 60_000
// Long enough for start and sign-in: the strategy is active when the bar closes at which it enters.
const START_MS = 50_000

// This file is read by the runner and again by its workers: what must be the same for all is decided once.
process.env['E2E_DATA_DIR'] ??= mkdtempSync(join(tmpdir(), 'aristobot-e2e-'))
process.env['E2E_DB_PORT'] = String(port + 4)
process.env['E2E_ALERT_PORT'] = String(port + 18)
process.env['E2E_SEED'] ??= String(seedWithCrossingAt(Math.floor((Date.now() + START_MS) / MINUTE) * MINUTE))

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '*.spec.ts',
  // The strategy's first order is timed from the start of the installation: its test goes first.
  projects: [
    { name: 'first', testMatch: 'app.spec.ts' },
    { name: 'then', testIgnore: 'app.spec.ts' },
  ],
  workers: 1,
  fullyParallel: false,
  reporter: [['list'], ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', object]])],
  timeout: 240_000,
  expect: { timeout: 10_000 },
  outputDir: 'test-results',
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...findBrowser(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: {
    command: './aristobot up',
    url: `http://127.0.0.1:${port}/api/health`,
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'pipe',
    env: {
      DATA_DIR: process.env['E2E_DATA_DIR'],
      MARKET_SOURCE: 'synthetic',
      MARKET_SEED: process.env['E2E_SEED'],
      DEBUG_ARISTOBOT: 'True',
      PORT: String(port),
      LIVE_PORT: String(port + 1),
      RECEIVER_PORT: String(port + 2),
      SIMULATOR_PORT: String(port + 3),
      DB_PORT: String(port + 4),
      HEALTH_PORT: String(port + 10),
      DATABASE_URL: '',
      SECRET_KEY: '',
      // Stand-ins that the alerts' own test starts.
      ALERT_DISCORD_URL: `http://127.0.0.1:${port + 18}`,
      ALERT_TELEGRAM_URL: `http://127.0.0.1:${port + 18}`,
      // A « real » account of the tests lives at the paper exchange too: nothing outside is ever asked.
      ...Object.fromEntries(
        ['BINANCE', 'BINANCE_TESTNET', 'BITGET', 'KUCOIN'].flatMap((name) => {
          const host = `127.0.0.1:${port + 3}/${name.split('_', 1)[0]?.toLowerCase() ?? ''}`
          return [
            [`${name}_REST_URL`, `http://${host}`],
            [`${name}_WS_URL`, `ws://${host}`],
            [`${name}_WS_API_URL`, `ws://${host}`],
          ]
        }),
      ),
    },
  },
})
