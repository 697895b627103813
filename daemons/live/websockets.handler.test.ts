import { expect, test } from 'vitest'
import { handleWebsockets } from './websockets.handler'

const runId = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

function setUp() {
  const emitted: unknown[][] = []
  const warnings: unknown[] = []
  const handle = handleWebsockets(
    { emitTo: (...call) => emitted.push(call) },
    { warn: (detail: unknown) => warnings.push(detail) },
  )
  return { emitted, warnings, handle }
}

test('a declared update reaches its user with the declared fields only', () => {
  const { emitted, handle } = setUp()
  handle({ userId: 'someone', event: 'run.changed', payload: { runId, secret: 'x' } })
  expect(emitted).toEqual([['someone', 'run.changed', { runId }]])
})

test('an unknown name and a payload that does not fit reach nobody', () => {
  const { emitted, warnings, handle } = setUp()
  handle({ userId: null, event: 'constructor', payload: {} })
  handle({ userId: null, event: 'run.changed', payload: { runId: 7 } })
  expect(emitted).toEqual([])
  expect(warnings).toHaveLength(2)
})
