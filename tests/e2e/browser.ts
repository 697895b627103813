import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

/** A browser for the tests: the one named in CHROMIUM_PATH, else Playwright's own if it is there, else the system's. */
export function findBrowser(): { executablePath?: string; channel?: string } {
  const named = process.env['CHROMIUM_PATH']
  if (named) return { executablePath: named }
  if (existsSync(chromium.executablePath())) return {}
  const system = SYSTEM.find((path) => existsSync(path))
  return system === undefined ? { channel: 'chrome' } : { executablePath: system }
}
