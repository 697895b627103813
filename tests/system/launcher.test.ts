import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/until'

// The launcher as a user meets it: ./aristobot up, again and again, after every way to end. Needs a build.
const ports = 24_800
const folder = mkdtempSync(join(tmpdir(), 'aristobot-launcher-'))
const env = {
  ...process.env,
  DATA_DIR: folder,
  MARKET_SOURCE: 'synthetic',
  PORT: String(ports),
  LIVE_PORT: String(ports + 1),
  RECEIVER_PORT: String(ports + 2),
  SIMULATOR_PORT: String(ports + 3),
  DB_PORT: String(ports + 4),
  HEALTH_PORT: String(ports + 10),
  DATABASE_URL: '',
  SECRET_KEY: '',
}

interface Run {
  child: ChildProcess
  output: () => string
  exit: Promise<number | null>
}

function run(args: string[], change: Record<string, string> = {}): Run {
  const child = spawn('./aristobot', args, { env: { ...env, ...change }, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return { child, output: () => text, exit: new Promise((resolve) => child.once('exit', resolve)) }
}

const ready = (up: Run): Promise<boolean> =>
  until(
    () => Promise.resolve(up.output().includes('Aristobot is ready') || up.child.exitCode !== null),
    90_000,
    `ready: ${up.output()}`,
  )

/** Processes of this installation, found by their data folder in /proc. */
function processes(): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const isOurs =
          readFileSync(`/proc/${name}/environ`, 'utf8').includes(`DATA_DIR=${folder}`) || command.includes(folder)
        return isOurs ? [{ pid: Number(name), command }] : []
      } catch {
        return []
      }
    })
}

/** The one process of this installation whose command holds `part`. */
function processOf(part: string): number {
  const found = processes().find(({ command }) => command.includes(part))
  if (found === undefined) throw new Error(`no process ${part} among: ${JSON.stringify(processes())}`)
  return found.pid
}

interface Health {
  processes: { name: string; state: string; since: string | null }[]
}
const health = async (): Promise<Health> =>
  (await (await fetch(`http://127.0.0.1:${ports}/api/health`)).json()) as Health

/** The health of all, once the web application (which keeps it for a second) says that they are up. */
const allUp = (): Promise<Health> =>
  until(async () => {
    const now = await health()
    return now.processes.every(({ state }) => state === 'up') && now
  }, 20_000)

const isLinux = process.platform === 'linux'
describe.skipIf(!isLinux || !existsSync('.next/BUILD_ID'))('./aristobot up (on Linux, after a build)', () => {
  let up: Run
  beforeAll(async () => {
    up = run(['up'])
    await ready(up)
  }, 120_000)
  afterAll(() => {
    for (const { pid } of processes()) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows address, credentials and market, once', () => {
    expect(up.output()).toContain(`http://127.0.0.1:${ports}`)
    expect(up.output()).toMatch(/user dev, password \S{8,}/)
    expect(up.output()).toContain('synthetic market')
  })

  it('says that it runs already at a second start', async () => {
    const second = run(['up'])
    expect(await second.exit).toBe(0)
    expect(second.output()).toContain('running already')
  })

  it('starts a killed daemon again, and the rest goes on', async () => {
    const before = await allUp()
    process.kill(processOf('dist/daemons/tracker/main.mjs'), 'SIGKILL')
    const since = (list: Health): string | null => list.processes.find(({ name }) => name === 'tracker')?.since ?? null
    await until(async () => {
      const now = await health()
      return now.processes.every(({ state }) => state === 'up') && since(now) !== since(before)
    }, 20_000)
  })

  it('takes over after kill -9 of everything, with its data', async () => {
    for (const { pid } of processes()) process.kill(pid, 'SIGKILL')
    await up.exit
    up = run(['up'])
    await ready(up)
    expect(up.output()).toContain('Aristobot is ready')
    expect(up.output()).not.toContain('password')
  }, 120_000)

  it('after kill -9 of the launcher alone the others leave, and the next start adopts the database', async () => {
    process.kill(processOf('daemons/supervisor/main.mjs'), 'SIGKILL')
    await until(
      () => Promise.resolve(!processes().some(({ command }) => command.includes('dist/daemons/'))),
      20_000,
      'daemons gone',
    )
    up = run(['up'])
    await ready(up)
    expect(up.output()).toContain('taken over')
  }, 120_000)

  it('is examined by the doctor', async () => {
    await allUp()
    const doctor = run(['doctor'])
    expect(await doctor.exit).toBe(0)
    expect(doctor.output()).toContain('gateway is up')
  })

  it('stops cleanly: no process is left', async () => {
    up.child.kill('SIGTERM')
    expect(await up.exit).toBe(0)
    expect(processes()).toEqual([])
  }, 40_000)

  it('seals everything anew after the secret key was changed', async () => {
    const key = () => readFileSync(join(folder, 'key.secret'), 'utf8')
    const old = key()
    const admin = spawn(process.execPath, ['--import', 'tsx', 'scripts/admin.ts', 'rotate-key'], {
      env,
      stdio: 'ignore',
    })
    expect(await new Promise((resolve) => admin.once('exit', resolve))).toBe(0)
    expect(key()).not.toBe(old)
    expect(readFileSync(join(folder, 'key-previous.secret'), 'utf8')).toBe(old)
    up = run(['up'])
    await ready(up)
    // The paper brokers of the first two users.
    expect(up.output()).toContain('new secret key: 2 stored secrets sealed anew')
    expect(existsSync(join(folder, 'key-previous.secret'))).toBe(false)
    await allUp()
    up.child.kill('SIGTERM')
    expect(await up.exit).toBe(0)
  }, 120_000)

  it('names the port that is taken and its variable', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(ports + 2, '127.0.0.1', resolve))
    try {
      const blocked = run(['up'])
      expect(await blocked.exit).toBe(1)
      expect(blocked.output()).toContain(`Port ${ports + 2}`)
      expect(blocked.output()).toContain('RECEIVER_PORT')
      const doctor = run(['doctor'])
      expect(await doctor.exit).toBe(1)
      expect(doctor.output()).toContain('RECEIVER_PORT')
    } finally {
      squatter.close()
    }
  }, 60_000)

  it('names the setting that is wrong', async () => {
    const wrong = run(['up'], { PORT: 'eighty' })
    expect(await wrong.exit).toBe(1)
    expect(wrong.output()).toContain('PORT')
  })
})
