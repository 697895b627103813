import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Settings of one test installation: its own folder and its own ports, everything on loopback, a synthetic market. */
export function testEnvironment(firstPort: number): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    DATA_DIR: mkdtempSync(join(tmpdir(), 'aristobot-')),
    SECRET_KEY: 'a secret key for tests only, of sufficient length',
    MARKET_SOURCE: 'synthetic',
    MARKET_SEED: '1',
    PORT: String(firstPort),
    LIVE_PORT: String(firstPort + 1),
    RECEIVER_PORT: String(firstPort + 2),
    SIMULATOR_PORT: String(firstPort + 3),
    DB_PORT: String(firstPort + 4),
    HEALTH_PORT: String(firstPort + 10),
    // Nothing outside is ever asked; tests of alerts name stand-ins of their own.
    ALERT_DISCORD_URL: 'http://127.0.0.1:9',
    ALERT_TELEGRAM_URL: 'http://127.0.0.1:9',
    BINANCE_MARKET_REST_URL: `http://127.0.0.1:${firstPort + 3}/binance`,
    BINANCE_MARKET_WS_URL: `ws://127.0.0.1:${firstPort + 3}/binance`,
  }
}
