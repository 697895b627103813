import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flagsOf } from './case'
import { CASES, WITHOUT_A_CASE } from './cases'
import { failure } from '../../../support/failure'
import { PaperExchange, VENUES } from './paper-exchange'

// The same cases for every adapter and account system, over real sockets against the paper exchange. A flag of the
// capabilities decides whether a case must succeed or be refused.

describe.each(VENUES.map((venue) => ({ ...venue, title: `${venue.exchangeId} ${venue.mode}` })))('$title', (venue) => {
  let paper: PaperExchange
  beforeAll(async () => {
    paper = await PaperExchange.start(venue)
  })
  afterAll(async () => {
    await paper.close()
  })

  it.each(CASES.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
    const context = await paper.begin()
    const flags = flagsOf(context.client.capabilities(context.mode, context.instrument))
    const level = one.capability === undefined ? 'NATIVE' : flags.get(one.capability)?.level
    // A replacement in two steps is still one method that must work.
    if (level === 'NATIVE' || (one.capability === 'replaceOrder' && level === 'EMULATED')) {
      await one.run(context)
      return
    }
    if (one.refused === undefined) return
    const error = await failure(one.refused(context))
    expect([error.code, error.outcome]).toEqual(['NOT_SUPPORTED', 'NOT_SENT'])
  })

  it('proves every flag that says NATIVE by a case', async () => {
    const { client, mode } = await paper.begin()
    const proven = new Set(CASES.map((one) => one.capability))
    const native = [...flagsOf(client.capabilities(mode))].filter(([, support]) => support.level === 'NATIVE')
    expect(native.length).toBeGreaterThan(10)
    const unproven = native.map(([path]) => path).filter((path) => !proven.has(path) && !(path in WITHOUT_A_CASE))
    expect(unproven).toEqual([])
  })
})
