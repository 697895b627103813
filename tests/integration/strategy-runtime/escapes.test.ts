import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runInThisContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SandboxProcess } from '@/lib/strategy-runtime/sandbox-process'
import { P as PAYLOADS, PRE } from './escape-payloads.mjs'

// The sandbox alone, without the syntax check before it: each payload tries to get out, to read ./SECRET, to write ./PWNED,
// to start a program and to reach a server.
let server: Server
let hits = 0
beforeAll(async () => {
  server = createServer((_, response) => {
    hits++
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync('SECRET', 'do not read')
})
afterAll(() => {
  server.close()
  rmSync('SECRET', { force: true })
})

const input = JSON.stringify({
  openTime: [0],
  open: [1],
  high: [1],
  low: [1],
  close: [1],
  volume: [1],
  closeTime: 60_000,
  balance: 1,
  position: null,
})
const scriptOf = (body: string): string => {
  const { port } = server.address() as AddressInfo
  const code = PRE.replace('PORT', String(port)).replace('TAG', 'x') + body
  return `(() => { return class extends Strategy { shouldLong() { const r = (function () { ${code} })(); this.log(typeof r === 'string' ? r : typeof r); this.log(String(globalThis.__out)); return false } } })`
}

describe('the sandbox', () => {
  it('has a corpus worth its name', () => expect(Object.keys(PAYLOADS).length).toBeGreaterThanOrEqual(32))

  it.each(Object.keys(PAYLOADS))('holds against: %s', async (name) => {
    const sandbox = new SandboxProcess()
    expect(await sandbox.ready).toBe(true)
    const result = await sandbox.run({ script: scriptOf(PAYLOADS[name] ?? ''), input }, 3000)
    // A second run lets what was left behind come to light.
    const later = await sandbox.run(
      {
        script:
          '(() => class extends Strategy { shouldLong() { this.log(String(Object.prototype.polluted)); return false } })',
        input,
      },
      3000,
    )
    sandbox.kill()
    const text = JSON.stringify([result, later])
    expect(text).not.toContain('PROCESS ')
    expect(text).not.toContain('do not read')
    expect(existsSync('PWNED')).toBe(false)
    expect(hits).toBe(0)
    // It may end its own process (an unhandled rejection does); if not, it left nothing behind.
    if (later.kind === 'TEXT') expect(later.text).toContain('undefined')
    else expect(later.kind).toBe('ENDED')
  })

  it('would be noticed if it did not hold: the same payload finds the process without a sandbox', () => {
    const leak = runInThisContext(`(() => { ${PRE} return tryF(globalThis) })()`) as string
    expect(leak).toContain('PROCESS ')
    rmSync('PWNED', { force: true })
  })
})
