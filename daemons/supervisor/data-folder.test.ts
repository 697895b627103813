import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fillEnvironment, forgetPreviousKey, keptSecret, rotateKey } from '@/daemons/supervisor/data-folder'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aristobot-key-'))
  vi.stubEnv('DATA_DIR', folder)
  vi.stubEnv('SECRET_KEY', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  delete process.env['SECRET_KEY_PREVIOUS']
  rmSync(folder, { recursive: true })
})

it('keeps the old key beside the new one until everything is sealed anew', () => {
  const old = keptSecret('key')
  rotateKey()
  fillEnvironment()
  expect(process.env['SECRET_KEY']).not.toBe(old)
  expect(process.env['SECRET_KEY']).toMatch(/^[0-9a-f]{64}$/)
  expect(process.env['SECRET_KEY_PREVIOUS']).toBe(old)
  expect(() => rotateKey()).toThrow('waits for the next start')
  forgetPreviousKey()
  expect(process.env['SECRET_KEY_PREVIOUS']).toBeUndefined()
  expect(readdirSync(folder)).toEqual(['key.secret'])
})

it('does not touch a key that is given from outside', () => {
  const kept = keptSecret('key')
  vi.stubEnv('SECRET_KEY', 'x'.repeat(32))
  expect(() => rotateKey()).toThrow('SECRET_KEY is set by you')
  expect(readFileSync(join(folder, 'key.secret'), 'utf8')).toBe(kept)
})
