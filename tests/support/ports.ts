/** Installations of the integration tests. Three run at a time: each has twenty ports of its own. */
const NAMES = [
  'shared',
  'arrival_order',
  'audit',
  'bad_input',
  'beside',
  'brokers',
  'cancel_all',
  'chain',
  'changes',
  'crashes',
  'dead_ends',
  'delivery',
  'door',
  'events',
  'exits',
  'faults',
  'fees',
  'foreign',
  'funds',
  'gateway',
  'kept',
  'kept_again',
  'kills',
  'outage',
  'protected',
  'protected_storm',
  'races',
  'reads',
  'rebuild',
  'reconcile',
  'sales',
  'stalls',
  'start_balance',
  'statistics',
  'storm',
  'storm_redis',
  'strategies',
  'supervision',
  'tracker',
  'tracking',
  'turns',
  'web_door',
] as const
export type InstallationName = (typeof NAMES)[number]

const EACH = 20

/** The first port of an installation; its processes take those up to 17, a test may take 18 and 19. TEST_PORTS moves all. */
export const portsOf = (name: InstallationName): number =>
  Number(process.env['TEST_PORTS'] ?? 24_000) + EACH * NAMES.indexOf(name)
