import { existsSync, readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const firstLines = (text) => stripVTControlCharacters(text).split('\n').filter(Boolean).slice(0, 3).join('\n')

function ofVitest({ testResults }) {
  const failed = []
  let skipped = 0
  for (const { name, message, status, assertionResults } of testResults) {
    const before = failed.length
    for (const test of assertionResults) {
      if (test.status === 'failed')
        failed.push({ file: name, test: test.fullName, message: firstLines(test.failureMessages.join('\n')) })
      if (test.status === 'skipped' || test.status === 'pending' || test.status === 'todo') skipped += 1
    }
    // The file itself: it could not be read, or what stands around its tests failed.
    if (status === 'failed' && failed.length === before)
      failed.push({ file: name, test: '', message: firstLines(message) })
  }
  return { failed, skipped }
}

function ofPlaywright({ suites, stats, errors }) {
  const failed = errors.map(({ message }) => ({ file: '', test: '', message: firstLines(message) }))
  const visit = ({ specs = [], suites: inner = [] }) => {
    for (const { ok, title, file, tests } of specs) {
      const messages = tests.flatMap(({ results }) => results.flatMap((result) => result.errors))
      if (!ok)
        failed.push({ file, test: title, message: firstLines(messages.map(({ message }) => message).join('\n')) })
    }
    inner.forEach(visit)
  }
  suites.forEach(visit)
  return { failed, skipped: stats.skipped }
}

/**
 * Reads what a run of vitest or Playwright with the setting `TEST_REPORT` wrote to `file`: each test that failed (file, name, first lines of its message)
 * and how many were skipped. A run that wrote nothing has neither.
 */
export function readReport(file) {
  if (!existsSync(file)) return { failed: [], skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  return 'suites' in report ? ofPlaywright(report) : ofVitest(report)
}
