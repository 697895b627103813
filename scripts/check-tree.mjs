// Rules about files that no linter knows: sizes, vague names, and that enough was looked at for the rule to mean something.
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'

const FLOOR = 120
const LIMIT = 400
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '')
const sources = files.filter((file) => !/\.(test|spec)\.tsx?$/.test(file))
const problems = []
const sizes = []
for (const file of sources) {
  let lines
  try {
    lines = readFileSync(file, 'utf8').split('\n').length
  } catch {
    continue // removed in the working tree
  }
  sizes.push(lines)
  if (lines > LIMIT) problems.push(`${file}: ${lines} lines, at most ${LIMIT}`)
  if (/(^|\/)(utils?|helpers?|misc|common)(\/|\.[a-z]+$)/.test(file))
    problems.push(`${file}: says nothing about what is in it`)
}
sizes.sort((a, b) => a - b)
const median = sizes[sizes.length >> 1] ?? 0
if (sizes.length < FLOOR) problems.push(`only ${sizes.length} files were looked at, expected ${FLOOR} or more`)
if (median > 100) problems.push(`the median file has ${median} lines`)
for (const problem of problems) console.error(problem)
console.log(`${sizes.length} files, median ${median} lines, largest ${sizes.at(-1)}`)
process.exit(problems.length > 0 ? 1 : 0)
