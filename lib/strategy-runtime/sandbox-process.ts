import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import { sandboxReply, type SandboxRequest } from '@/lib/strategy-runtime/protocol'

/** The bundle of child.ts, made by scripts/build-daemons.mjs: one file, the only one the process may read. */
const RUNNER = 'dist/strategy-runtime/child.mjs'
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024
// Next's types want NODE_ENV in every environment; this process gets none at all.
const NO_ENVIRONMENT = {} as NodeJS.ProcessEnv
const WATCH_MEMORY_MS = 50
const PAGE_BYTES = 4096

export type SandboxResult =
  | { kind: 'TEXT'; text: string }
  | { kind: 'TIMEOUT' }
  | { kind: 'MEMORY' }
  | { kind: 'ENDED' }

function flags(runner: string): string[] {
  const major = Math.trunc(+(process.versions.node.split('.')[0] ?? '20'))
  return [
    major >= 22 ? '--permission' : '--experimental-permission',
    `--allow-fs-read=${runner}`,
    '--disallow-code-generation-from-strings',
    '--experimental-vm-modules',
    '--frozen-intrinsics',
    '--no-warnings',
    '--max-old-space-size=256',
    ...(major >= 22 && major < 26 ? ['--no-experimental-sqlite'] : []),
  ]
}

/** One sandboxed process. It runs one strategy at a time and is killed when that takes too long or too much. */
export class SandboxProcess {
  readonly #child: ChildProcess
  readonly ready: Promise<boolean>
  #waiting: ((result: SandboxResult) => void) | undefined
  #nextId = 1
  #isAlive = true
  idleSince = 0

  constructor() {
    const runner = realpathSync(resolve(RUNNER))
    this.#child = fork(runner, [], {
      env: NO_ENVIRONMENT,
      execArgv: flags(runner),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.ready = new Promise((done) => {
      this.#child.once('message', () => done(true))
      this.#child.once('exit', () => done(false))
      this.#child.once('error', () => done(false))
    })
    const ended = (): void => {
      this.#isAlive = false
      this.#settle({ kind: 'ENDED' })
    }
    this.#child.on('exit', ended)
    this.#child.on('error', ended)
    this.#child.on('message', (message) => {
      const reply = sandboxReply.safeParse(message)
      // Anything else was not sent by our runner: the process is not to be trusted any more.
      if (!reply.success) this.kill()
      else if (reply.data.id === this.#nextId - 1 && reply.data.id > 0)
        this.#settle({ kind: 'TEXT', text: reply.data.text })
    })
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  /** Runs one request. The process is dead after TIMEOUT, MEMORY and ENDED. */
  run(request: Omit<SandboxRequest, 'id'>, timeoutMs: number): Promise<SandboxResult> {
    if (!this.#isAlive) return Promise.resolve({ kind: 'ENDED' })
    return new Promise((resolveRun) => {
      const late = setTimeout(() => {
        this.#settle({ kind: 'TIMEOUT' })
        this.kill()
      }, timeoutMs)
      const watch = setInterval(() => {
        if (this.#residentBytes() <= MEMORY_LIMIT_BYTES) return
        this.#settle({ kind: 'MEMORY' })
        this.kill()
      }, WATCH_MEMORY_MS)
      this.#waiting = (result) => {
        clearTimeout(late)
        clearInterval(watch)
        resolveRun(result)
      }
      this.#child.send({ ...request, id: this.#nextId++ } satisfies SandboxRequest, (error) => {
        if (error) this.#settle({ kind: 'ENDED' })
      })
    })
  }

  kill(): void {
    this.#isAlive = false
    this.#child.kill('SIGKILL')
  }

  #settle(result: SandboxResult): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(result)
  }

  /** On Linux from /proc; elsewhere only the heap limit of the process's own holds. */
  #residentBytes(): number {
    try {
      return (
        Math.trunc(+(readFileSync(`/proc/${this.#child.pid ?? 0}/statm`, 'utf8').split(' ')[1] ?? '0')) * PAGE_BYTES
      )
    } catch {
      return 0
    }
  }
}
