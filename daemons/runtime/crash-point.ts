import { env } from '@/lib/platform/env'

/**
 * A place where tests kill the process, to see what is left: with CRASH_POINT=<name> in the environment the process ends
 * there as by kill -9. Without it, which is always in use, nothing happens.
 */
export function crashPoint(name: string): void {
  if (env().CRASH_POINT === name) process.kill(process.pid, 'SIGKILL')
}
