// One row per folder: what it may import besides itself. Everything not listed is forbidden.
const ADAPTERS = ['binance', 'bitget', 'kucoin']
const LAYERS = {
  'lib/domain': [],
  'lib/indicators': [],
  'lib/platform': [],
  'lib/view': ['lib/domain'],
  'lib/realtime': ['lib/domain', 'lib/view'],
  'lib/exchanges': ['lib/domain', 'lib/platform'],
  'lib/bus': ['lib/domain', 'lib/platform'],
  'lib/db': ['lib/domain', 'lib/platform'],
  'lib/auth': ['lib/domain', 'lib/platform', 'lib/db'],
  'lib/assistant': ['lib/domain', 'lib/platform'],
  'lib/notify': ['lib/domain', 'lib/platform'],
  'lib/strategy-runtime': ['lib/domain', 'lib/indicators'],
  'lib/backtest': ['lib/domain', 'lib/indicators', 'lib/strategy-runtime'],
  'lib/use-cases': [
    'lib/domain',
    'lib/view',
    'lib/platform',
    'lib/db',
    'lib/bus',
    'lib/strategy-runtime',
    'lib/backtest',
    'lib/assistant',
    'lib/notify',
  ],
  'lib/i18n': ['lib/domain'],
  'daemons/runtime': ['lib/platform', 'lib/bus', 'lib/db', 'lib/domain'],
  components: ['lib/domain', 'lib/view', 'lib/realtime'],
  app: [
    'components',
    'lib/domain',
    'lib/view',
    'lib/realtime',
    'lib/platform',
    'lib/auth',
    'lib/use-cases',
    'lib/i18n',
  ],
}
const DAEMON_LIB = ['lib/domain', 'lib/view', 'lib/realtime', 'lib/platform', 'lib/db', 'lib/bus', 'lib/use-cases']
const DAEMONS = {
  heartbeat: [...DAEMON_LIB, 'lib/exchanges/registry', 'lib/exchanges/market-data-client'],
  gateway: [
    ...DAEMON_LIB,
    'lib/exchanges/registry',
    'lib/exchanges/execution-client',
    'lib/exchanges/market-data-client',
    'lib/exchanges/capabilities',
  ],
  engine: [...DAEMON_LIB, 'lib/strategy-runtime'],
  tracker: DAEMON_LIB,
  receiver: DAEMON_LIB,
  live: [...DAEMON_LIB, 'lib/auth'],
  backtester: [...DAEMON_LIB, 'lib/strategy-runtime', 'lib/backtest'],
  simulator: ['lib/domain', 'lib/platform'],
  supervisor: ['lib/platform', 'lib/db', 'lib/bus', 'lib/auth', 'lib/use-cases'],
}
const own = '^(app|components|lib|daemons)/'
const rx = (p) => `^${p}(/|\\.|$)`
const rule = (folder, allowed) => ({
  name: `layer:${folder}`,
  severity: 'error',
  from: { path: rx(folder), pathNot: '\\.test\\.ts$' },
  to: { path: own, pathNot: [rx(folder), ...allowed.map(rx)] },
})
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(LAYERS).map(([f, a]) => rule(f, a)),
    ...Object.entries(DAEMONS).map(([d, a]) => rule(`daemons/${d}`, [...a, 'daemons/runtime'])),
    ...ADAPTERS.map((a) => ({
      name: `adapter-private:${a}`,
      severity: 'error',
      from: { path: own, pathNot: [rx(`lib/exchanges/${a}`), rx('lib/exchanges/adapters'), '\\.test\\.ts$'] },
      to: { path: rx(`lib/exchanges/${a}`) },
    })),
    {
      name: 'testing-only-in-tests',
      severity: 'error',
      from: { path: own, pathNot: ['\\.test\\.ts$', rx('lib/testing')] },
      to: { path: rx('lib/testing') },
    },
    {
      name: 'prisma-only-in-db',
      severity: 'error',
      from: { path: own, pathNot: rx('lib/db') },
      to: { path: '@prisma/client|db/generated' },
    },
    {
      name: 'oracles-only-in-tests',
      severity: 'error',
      from: { path: own, pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules/(ccxt|@binance/spot|bitget-api|kucoin-universal-sdk)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['node_modules', '^lib/db/generated'] },
  },
}
