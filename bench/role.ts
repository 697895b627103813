import { type ChildProcess, fork } from 'node:child_process'

// A benchmark's own processes (load, baselines, the exchange's door) are this same program in another role.

export const ROLES = {
  door: () => import('@/bench/door/door'),
  forwarder: () => import('@/bench/bare-forwarder'),
  chain: () => import('@/bench/bare-chain'),
  'bare-receiver': () => import('@/bench/bare-receiver'),
  'bus-listener': () => import('@/bench/bus-listener'),
  'market-sender': () => import('@/bench/market-sender'),
  'parse-counter': () => import('@/bench/parse-counter'),
} as const
export type RoleName = keyof typeof ROLES

export interface Role {
  pid: number
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
  stop(): Promise<void>
}

/** Starts a role in a process of its own and waits for its first message, which says that it is ready. */
export async function startRole(name: RoleName, settings: Record<string, string>): Promise<Role> {
  const child: ChildProcess = fork('bench/main.ts', ['--role', name], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code ?? 'a signal'} before it was ready`)))
  })
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message),
    onMessage: (listener) => child.on('message', listener),
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** For a role: tells the benchmark something. */
export const tell = (message: object): void => void process.send?.(message)

/** For a role: a setting it was started with. */
export function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}
