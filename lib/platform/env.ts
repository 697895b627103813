import { z } from 'zod'

// The one place that reads the environment. Every setting has a working default but the three secrets that the
// launcher makes and keeps on first start. A wrong value stops the process with a sentence naming the variable.

const port = (value: number) => z.coerce.number().int().min(1).max(65_535).default(value)
const host = z
  .string()
  .regex(/^[A-Za-z0-9.-]+$/, 'must be a name or an address, without port')
  .default('127.0.0.1')
const flag = z
  .enum(['True', 'False', 'true', 'false', '1', '0'])
  .default('False')
  .transform((text) => text === 'True' || text === 'true' || text === '1')

/** Addresses separated by commas. */
const addresses = z
  .string()
  .transform((text) => text.split(',').map((address) => address.trim()))
  .pipe(z.array(z.union([z.ipv4(), z.ipv6()], 'must be addresses, separated by commas')))
/** Where TradingView sends its alerts from (tradingview.com, "How to configure webhook alerts"). */
const TRADINGVIEW = '52.89.214.238,34.212.75.30,54.218.53.128,52.32.178.7'

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])
/** A service of its own address; in tests and development a stand-in on this machine takes its place. */
const service = (address: string) =>
  z
    .url()
    .refine(
      (text) => text === address || LOOPBACK.has(new URL(text).hostname),
      `must be ${address}, or a stand-in on this machine`,
    )
    .transform((text) => text.replace(/\/+$/, ''))
    .default(address)

const schema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgresql://'),
  /** Where the queues are when they run on PostgreSQL; without it beside everything else. */
  QUEUE_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgresql://')
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must start with redis://')
    .optional(),
  SECRET_KEY: z.string().min(32, 'must have at least 32 characters'),
  /** The key before, while what it sealed is being sealed anew. */
  SECRET_KEY_PREVIOUS: z.string().min(32, 'must have at least 32 characters').optional(),
  DEBUG_ARISTOBOT: flag,
  HOST: z.string().min(1).default('127.0.0.1'),
  /** Where the other processes are, when they run on hosts of their own; `{name}` stands for the daemon's name. */
  DAEMON_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.{}-]+$/, 'must be a name or an address, without port; {name} stands for the process')
    .default('127.0.0.1'),
  LIVE_HOST: host,
  SIMULATOR_HOST: host,
  PORT: port(3000),
  LIVE_PORT: port(3001),
  DB_PORT: port(54_320),
  RECEIVER_PORT: port(8888),
  /** Webhooks of one token: so many at once, and so many a minute from then on. */
  WEBHOOK_BURST: z.coerce.number().int().min(1).default(200),
  WEBHOOK_PER_MINUTE: z.coerce.number().int().min(1).default(600),
  /** Who may send webhooks: null for everybody with a token. */
  WEBHOOK_ALLOWED_ADDRESSES: z
    .string()
    .transform((text) => text.replace(/tradingview/i, TRADINGVIEW))
    .pipe(addresses)
    .nullable()
    .default(null),
  /** Proxies whose X-Forwarded-For is believed. */
  WEBHOOK_TRUSTED_PROXIES: addresses.default([]),
  /** Where alerts are sent to. */
  ALERT_DISCORD_URL: service('https://discord.com'),
  ALERT_TELEGRAM_URL: service('https://api.telegram.org'),
  /** The cockpit's public address, for links in alerts. The web application's sign-in reads it itself. */
  NEXTAUTH_URL: z.url().optional(),
  SIMULATOR_PORT: port(8999),
  /** Health and metrics of the daemons: base port plus the daemon's place in lib/platform/processes. */
  HEALTH_PORT: port(9100),
  MARKET_SOURCE: z.enum(['auto', 'live', 'replay', 'synthetic']).default('auto'),
  MARKET_REPLAY_FILE: z.string().optional(),
  MARKET_REPLAY_SPEED: z.coerce.number().positive().default(1),
  MARKET_SEED: z.coerce.number().int().default(1),
  HEARTBEAT_SYMBOLS: z
    .string()
    .default('BTC/USDT')
    .transform((text) => text.split(',').map((symbol) => symbol.trim()))
    .pipe(
      z.array(z.string().regex(/^[A-Z0-9]+\/[A-Z0-9]+$/, 'symbols look like BTC/USDT, separated by commas')).min(1),
    ),
  /** Tests only: the process kills itself at the point of this name. */
  CRASH_POINT: z.string().optional(),
  HEARTBEAT_ROLE: z.enum(['PRIMARY', 'SECONDARY']).default('PRIMARY'),
  /** Where the heartbeat reads the market; the launcher points both at the simulator when the live market is out of reach. */
  BINANCE_MARKET_REST_URL: z.url().default('https://api.binance.com'),
  BINANCE_MARKET_WS_URL: z.url().default('wss://stream.binance.com:9443'),
  BINANCE_REST_URL: z.url().default('https://api.binance.com'),
  BINANCE_WS_URL: z.url().default('wss://stream.binance.com:9443'),
  BINANCE_WS_API_URL: z.url().default('wss://ws-api.binance.com'),
  BINANCE_TESTNET_REST_URL: z.url().default('https://testnet.binance.vision'),
  BINANCE_TESTNET_WS_URL: z.url().default('wss://stream.testnet.binance.vision'),
  BINANCE_TESTNET_WS_API_URL: z.url().default('wss://ws-api.testnet.binance.vision'),
  BITGET_REST_URL: z.url().default('https://api.bitget.com'),
  BITGET_WS_URL: z.url().default('wss://ws.bitget.com'),
  BITGET_TESTNET_WS_URL: z.url().default('wss://wspap.bitget.com'),
  KUCOIN_REST_URL: z.url().default('https://api.kucoin.com'),
  KUCOIN_WS_URL: z.url().default('wss://x-push-spot.kucoin.com'),
  KUCOIN_WS_PRIVATE_URL: z.url().default('wss://wsapi-push.kucoin.com'),
})

export type Env = z.infer<typeof schema>

/** Checks a whole environment. Throws an Error whose text names each wrong variable. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(present)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The settings are wrong. ${lines.join('; ')}. See .env.example for each variable.`)
}

let cached: Env | undefined
/** The settings of this process, checked at first use. */
export function env(): Env {
  cached ??= parseEnv(process.env)
  return cached
}

/** Where queues and announcements run. */
export const queueSettings = (
  settings: Pick<Env, 'DATABASE_URL' | 'QUEUE_DATABASE_URL' | 'REDIS_URL'>,
): { databaseUrl: string; redisUrl: string | undefined } => ({
  databaseUrl: settings.QUEUE_DATABASE_URL ?? settings.DATABASE_URL,
  redisUrl: settings.REDIS_URL,
})
