import type { WaitingWebhook } from '@/lib/db/webhook-repository'
import type { Balance } from '@/lib/domain/account/balance'
import { REHEARSED_INSTRUMENT } from '@/lib/domain/market/rehearsed-instrument'
import { fromInteger, ZERO } from '@/lib/domain/money/decimal'
import type { WebhookEngine } from '@/lib/use-cases/process-webhook'
import { createFundsBooks } from '@/lib/use-cases/shared-funds'
import { createWebhookLines } from '@/lib/use-cases/webhook-line'

// The first alert after a start is decided as quickly as the hundredth: the code on its way has run before.

const ROUNDS = 20
const USER_ID = '00000000-0000-4000-8000-000000000000'
const BODY = '{"Symbol": "BTCUSDT", "Action": "BuyMarket", "PourCent": 1, "Interval": "5", "BarTime": 1767225600000}'

const FUNDS: Balance[] = [
  { asset: 'USDT', free: fromInteger(10_000), locked: ZERO, total: fromInteger(10_000) },
  { asset: 'BTC', free: ZERO, locked: ZERO, total: ZERO },
]

const webhookOf = (id: string, receivedAt: number): WaitingWebhook => ({
  id,
  userId: USER_ID,
  userName: 'rehearsal',
  rawBody: BODY,
  receivedAt,
  mustWait: false,
  before: [],
  brokers: [
    {
      id: USER_ID,
      name: 'rehearsal',
      publicNumber: 1,
      tradingType: 'WEBHOOK',
      isActive: true,
      isBusy: false,
      funds: FUNDS,
      isProtected: false,
      instrument: REHEARSED_INSTRUMENT,
      positionId: USER_ID,
    },
  ],
})

/** Decides alerts that nobody sent, from funds that nobody has, and writes nothing. */
export async function rehearseDecision(engine: WebhookEngine): Promise<void> {
  const silence = (): Promise<void> => Promise.resolve()
  const line = createWebhookLines({
    ...engine,
    bus: { ...engine.bus, publish: silence, announce: silence },
    funds: createFundsBooks(() => Promise.resolve(FUNDS)),
    statements: {
      read: (id) => Promise.resolve({ webhook: webhookOf(id, engine.clock()), lookedAt: performance.now() }),
      place: () => Promise.resolve(true),
    },
  })
  for (let id = 1; id <= ROUNDS; id++) {
    line.take(`${id} ${USER_ID}`)
    await line.settled()
  }
}
