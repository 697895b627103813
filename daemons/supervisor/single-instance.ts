import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** True while a process of that id exists (also one of another user). */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A process id may have been given to another program since: on Linux its command line tells. */
function isOurs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('supervisor')
  } catch {
    return process.platform !== 'linux'
  }
}

/** The pid of the running installation in this data folder, or null. */
export function runningPid(file: string): number | null {
  if (!existsSync(file)) return null
  const pid = Number(readFileSync(file, 'utf8'))
  return pid > 0 && pid !== process.pid && isRunning(pid) && isOurs(pid) ? pid : null
}

export function writePid(file: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, String(process.pid))
}

export const removePid = (file: string): void => rmSync(file, { force: true })
