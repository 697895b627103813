// Runs the processes under one command: logs to files, warnings to the terminal, restart with back-off, orderly stop.
import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ProcessName } from '@/lib/platform/processes'

export interface Service {
  name: ProcessName
  command: string[]
  env?: Record<string, string>
}

export interface Supervision {
  /** Ends everything: SIGTERM to all, SIGKILL after the grace time. */
  stop(graceMs?: number): Promise<void>
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
/** A process that ran this long is well: its next failure starts again with the shortest pause. */
const WELL_AFTER_MS = 60_000

/** One line of a process's log, for the terminal: only what a person should see. */
function forTerminal(line: string): string | null {
  if (!line.startsWith('{')) return line.trim() === '' ? null : line
  try {
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null) return null
    const { level, msg, reason } = entry as Record<string, unknown>
    if (level !== 'warn' && level !== 'error' && level !== 'fatal') return null
    return `${level}: ${String(msg)}${typeof reason === 'string' ? ` (${reason})` : ''}`
  } catch {
    return line
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
  } catch {
    // gone already
  }
}

export function supervise(services: Service[], logFolder: string, say: (line: string) => void): Supervision {
  let isStopping = false
  const running = new Map<string, ChildProcess>()
  const timers = new Set<NodeJS.Timeout>()
  mkdirSync(logFolder, { recursive: true })

  for (const { name, command, env } of services) {
    const file = join(logFolder, `${name}.log`)
    if (existsSync(file)) renameSync(file, `${file}.1`)
    const log = createWriteStream(file)
    let failures = 0
    const launch = (): void => {
      const [program = process.execPath, ...args] = command
      const startedAt = performance.now()
      // Its own group: a Ctrl-C in the terminal reaches the supervisor only, which then stops everything in order. The
      // IPC channel tells the process when its supervisor is gone.
      const child = spawn(program, args, {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: process.platform !== 'win32',
      })
      running.set(name, child)
      for (const stream of [child.stdout, child.stderr])
        if (stream)
          createInterface({ input: stream }).on('line', (line) => {
            log.write(`${line}\n`)
            const text = forTerminal(line)
            if (text !== null) say(`${name.padEnd(10)} | ${text}`)
          })
      child.on('error', (error) => say(`${name.padEnd(10)} | cannot start: ${error.message}`))
      child.on('close', (code, signal) => {
        running.delete(name)
        if (isStopping) return
        failures = performance.now() - startedAt > WELL_AFTER_MS ? 1 : failures + 1
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS)
        say(`${name.padEnd(10)} | ended (${signal ?? String(code)}), started again in ${pause} ms`)
        const timer = setTimeout(() => {
          timers.delete(timer)
          launch()
        }, pause)
        timers.add(timer)
      })
    }
    launch()
  }

  return {
    async stop(graceMs = 10_000) {
      isStopping = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(
        [...running.values()].map(
          (child) =>
            new Promise<void>((done) => {
              if (child.exitCode !== null || child.signalCode !== null) {
                done()
                return
              }
              const timer = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs)
              child.on('close', () => {
                clearTimeout(timer)
                done()
              })
              killGroup(child, 'SIGTERM')
            }),
        ),
      )
    },
  }
}
