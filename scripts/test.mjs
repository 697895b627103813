// ./aristobot test: installs what the tests need beside the packages (Chromium, Redis), then runs every check and test.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readReport } from './test-report.mjs'

const node = process.execPath
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

function install(packages) {
  if (packages.length === 0) return
  const asRoot = process.getuid?.() === 0 ? [] : has('sudo') ? ['sudo', '-n'] : null
  const command = `apt-get install -y ${packages.join(' ')}`
  console.log(`Installing for the tests: ${packages.join(', ')}`)
  if (asRoot !== null && has('apt-get')) {
    const run = (...args) =>
      spawnSync([...asRoot, ...args][0], [...asRoot, ...args].slice(1), {
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    run('apt-get', 'update')
    const result = run('apt-get', 'install', '-y', '--no-install-recommends', ...packages)
    if (result.status === 0) return
    console.error(result.stderr)
  }
  console.error(`The tests need ${packages.join(' and ')}. Install them and run the tests again: sudo ${command}`)
  process.exit(1)
}

const hasBrowser = Boolean(process.env.CHROMIUM_PATH) || CHROMIUM.some((path) => existsSync(path))
install([...(hasBrowser ? [] : ['chromium']), ...(has('redis-server') ? [] : ['redis-server'])])

const STEPS = [
  ['checks and unit tests', ['scripts/check.mjs']],
  ['planted faults', ['scripts/check-gates.mjs']],
  ['exchanges', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'exchanges']],
  ['integration', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration']],
  ['build', ['scripts/build-if-stale.mjs']],
  ['launcher', ['node_modules/vitest/vitest.mjs', 'run', '--project', 'system']],
  ['end to end', ['node_modules/@playwright/test/cli.js', 'test']],
]
const failed = []
const failures = []
let skipped = 0
const reports = mkdtempSync(join(tmpdir(), 'aristobot-reports-'))
const start = performance.now()
const minutes = () => ((performance.now() - start) / 60_000).toFixed(1)
for (const [name, args] of STEPS) {
  console.log(`\n== ${name} (after ${minutes()} min)`)
  const file = join(reports, `${name}.json`)
  const result = spawnSync(node, args, {
    stdio: 'inherit',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', TEST_REPORT: file },
  })
  const report = readReport(file)
  skipped += report.skipped
  if (result.status === 0) continue
  failed.push(name)
  failures.push(...report.failed)
}
rmSync(reports, { recursive: true, force: true })
// Once more at the end: what is read first when a run has failed.
for (const { file, test, message } of failures) console.log(`\nFAIL ${file} > ${test}\n${message}`)
console.log(`\nAll steps took ${minutes()} min, ${skipped} tests were skipped.`)
console.log(`${STEPS.length - failed.length} passed, ${failed.length} failed`)
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exit(1)
}
