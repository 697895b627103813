/** Every process of a running installation, in start order. `web` answers on PORT, the daemons on HEALTH_PORT + place. */
export const DAEMON_NAMES = [
  'simulator',
  'gateway',
  'heartbeat',
  'engine',
  'tracker',
  'receiver',
  'live',
  'backtester',
] as const
export type DaemonName = (typeof DAEMON_NAMES)[number]
export type ProcessName = DaemonName | 'web'

/** Where a daemon answers `/health` and `/metrics`, as the other processes see it. */
export const healthUrlOf = (name: DaemonName, env: { DAEMON_HOST: string; HEALTH_PORT: number }): string =>
  `http://${env.DAEMON_HOST.replaceAll('{name}', name)}:${healthPortOf(name, env.HEALTH_PORT)}/health`

export const healthPortOf = (name: DaemonName, basePort: number): number => basePort + DAEMON_NAMES.indexOf(name)
