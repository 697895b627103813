import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { createLogger } from '@/lib/platform/logger'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import type { FundsBook } from '@/lib/use-cases/shared-funds'
import { createWebhookLines } from '@/lib/use-cases/webhook-line'

// The line of one user over a journal in memory: which webhook is sized from the funds, and written, in which order.

const USER = 'de305d54-75b4-431b-adb2-eb6b9e546014'
const RECEIVED = Date.parse('2026-11-20T10:00:00Z')

const broker = {
  ...{ id: 'b', name: 'Paper', publicNumber: 1, tradingType: 'WEBHOOK' as const, isActive: true },
  ...{ isBusy: false, funds: null, instrument: REHEARSED_INSTRUMENT, positionId: 'p' },
}
const webhook = (id: string) => ({
  ...{ id, userId: USER, userName: 'trader', receivedAt: RECEIVED, mustWait: false, before: [], brokers: [broker] },
  rawBody: '{"Symbol": "BTCUSDT", "Action": "BuyMarket", "PourCent": 50}',
})

/** An account that holds 1000: each order takes half of what is free, from the moment it is sized until it is refused. */
function account() {
  let free = parseDecimal('1000')
  const sized: string[] = []
  /** The book of one webhook; a spoilt one must be opened again. */
  const bookOf = (id: string, isSpoilt = false): FundsBook => ({
    isSpoilt,
    confirm: () => true,
    freeOf: () => {
      sized.push(`${id}: ${free.div(2).toFixed()}`)
      return free
    },
    async spend({ amount }, write) {
      free = free.minus(amount)
      const isWritten = await write()
      if (!isWritten) free = free.plus(amount)
      return isWritten
    },
    close: () => undefined,
  })
  return { sized, bookOf }
}

/** A line whose webhooks get these books of funds, one after the other; the last one again and again. */
function lineWith(
  books: Record<string, FundsBook[]>,
  mustWait: (id: string, written: string[]) => boolean = () => false,
) {
  const waiting = new Set(Object.keys(books))
  const written: string[] = []
  const engine = {
    bus: { announce: () => Promise.resolve() },
    clock: () => RECEIVED,
    log: createLogger('test', 'silent'),
    funds: {
      // Who asks is told by when its webhook was read.
      open: (_brokerId: string, { lookedAt }: { lookedAt: number }) => {
        const own = books[String(lookedAt)] ?? []
        return Promise.resolve(own.length > 1 ? own.shift() : own[0])
      },
    },
    statements: {
      read: (id: string) =>
        Promise.resolve({ webhook: { ...webhook(id), mustWait: mustWait(id, written) }, lookedAt: +id }),
      // As the database does: nothing is written while an earlier one waits.
      place: async ({ webhookId }: { webhookId: string }) => {
        await sleep(1)
        const isNext = [...waiting].every((other) => +other >= +webhookId)
        if (isNext) {
          waiting.delete(webhookId)
          written.push(webhookId)
        }
        return isNext
      },
    },
  }
  return { line: createWebhookLines(engine as unknown as WebhookEngine), written }
}

it('one that must ask for funds again is sized before those behind it', async () => {
  const { sized, bookOf } = account()
  const { line, written } = lineWith({
    1: [bookOf('1')],
    2: [bookOf('2', true), bookOf('2')],
    3: [bookOf('3')],
    4: [bookOf('4')],
  })
  for (const id of [1, 2, 3, 4]) line.take(`${id} ${USER}`)
  await line.settled()
  expect(written).toEqual(['1', '2', '3', '4'])
  expect(sized).toEqual(['1: 500', '2: 250', '3: 125', '4: 62.5'])
})

it('one that nobody was woken for is sized before those that were, and without what they took in vain', async () => {
  const { sized, bookOf } = account()
  const { line, written } = lineWith({ 1: [bookOf('1')], 2: [bookOf('2')], 3: [bookOf('3')] })
  line.take(`2 ${USER}`)
  line.take(`3 ${USER}`)
  // Both are being written, and will be refused for the first.
  while (sized.length < 2) await sleep(0)
  await line.process(USER, '1')
  await line.settled()
  expect(written).toEqual(['1', '2', '3'])
  expect(sized.slice(-3)).toEqual(['1: 500', '2: 250', '3: 125'])
})

it('one with a lower number does not wait for those that wait for it', async () => {
  const { bookOf } = account()
  const { line, written } = lineWith(
    { 1: [bookOf('1')], 2: [bookOf('2')] },
    (id, done) => id === '2' && !done.includes('1'),
  )
  line.take(`2 ${USER}`)
  await sleep(5)
  await line.process(USER, '1')
  await line.settled()
  expect(written).toEqual(['1', '2'])
})
