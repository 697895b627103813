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

export const healthPortOf = (name: DaemonName, basePort: number): number => basePort + DAEMON_NAMES.indexOf(name)
