import { expect, it } from 'vitest'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { createLogger } from '@/lib/platform/logger'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import type { FundsBook } from '@/lib/use-cases/shared-funds'
import { createWebhookLine } from '@/lib/use-cases/webhook-line'

// The line of one user over a journal in memory: which webhook is sized from the funds, and written, in which order.

const USER = 'de305d54-75b4-431b-adb2-eb6b9e546014'
const RECEIVED = Date.parse('2026-11-20T10:00:00Z')

const broker = {
  ...{ id: 'b', name: 'Paper', publicNumber: 1, tradingType: 'WEBHOOK' as const, isActive: true },
  ...{ isBusy: false, funds: null, instrument: REHEARSED_INSTRUMENT, positionId: 'p' },
}
const webhook = (id: string) => ({
  ...{ id, userId: USER, userName: 'trader', receivedAt: RECEIVED, mustWait: false, brokers: [broker] },
  rawBody: '{"Symbol": "BTCUSDT", "Action": "BuyMarket", "PourCent": 50}',
})

/** A line whose webhooks get these books of funds: each as often as it opens them, the last one again and again. */
function lineWith(books: Record<string, FundsBook[]>) {
  const waiting = new Set(Object.keys(books))
  const written: string[] = []
  const engine = {
    bus: { announce: () => Promise.resolve() },
    clock: () => RECEIVED,
    log: createLogger('test', 'silent'),
    funds: {
      // Asked for in turn: the fake tells webhooks apart by when they were read.
      open: (_brokerId: string, { lookedAt }: { lookedAt: number }) => {
        const own = books[String(lookedAt)] ?? []
        return Promise.resolve(own.length > 1 ? own.shift() : own[0])
      },
    },
    statements: {
      read: (id: string) => Promise.resolve({ webhook: webhook(id), lookedAt: +id }),
      // As the database does: nothing is written while an earlier one waits.
      place: ({ webhookId }: { webhookId: string }) => {
        const isNext = [...waiting].every((other) => +other >= +webhookId)
        if (isNext) {
          waiting.delete(webhookId)
          written.push(webhookId)
        }
        return Promise.resolve(isNext)
      },
    },
  }
  return { line: createWebhookLine(engine as unknown as WebhookEngine), written }
}

it('a webhook that must ask for funds again is sized before those behind it', async () => {
  const sized: string[] = []
  const book = (id: string, isSpoilt = false): FundsBook => ({
    isSpoilt,
    freeOf: () => {
      sized.push(id)
      return parseDecimal('1000')
    },
    spend: (_spending, write) => write(),
    close: () => undefined,
  })
  const { line, written } = lineWith({
    1: [book('1')],
    2: [book('2', true), book('2')],
    3: [book('3')],
    4: [book('4')],
  })
  for (const id of [1, 2, 3, 4]) line.take(`${id} ${USER}`)
  await line.settled()
  expect(written).toEqual(['1', '2', '3', '4'])
  expect(sized).toEqual(['1', '2', '3', '4'])
})
