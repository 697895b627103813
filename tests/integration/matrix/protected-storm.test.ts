import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { type ExitDesk, openExitDesk } from '../../support/exit-desk'
import { until } from '../../support/installation'
import { expectGainsExplained, expectPositionsFolded, expectSameAsExchange } from '../../support/reconciliation'
import { allSettled } from '../../support/webhook-sender'

// Purchases, sales and changes of stop and target, one after the other and close together, while engine and gateway are killed:
// a sale is sold once, a position never has two stops, and what the journal holds to be live is what the exchange holds.

const EXCHANGES = ['binance', 'bitget', 'kucoin'] as const
const ALERTS = Number(process.env['STORM_ALERTS'] ?? 30)
const SEED = Number(process.env['STORM_SEED'] ?? Math.ceil(Math.random() * 1e9))

let state = SEED
/** 0 to 1, the same again from one seed (a linear congruence, Numerical Recipes). */
const random = (): number => {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return state / 2 ** 32
}

let desk: ExitDesk
beforeAll(async () => {
  desk = await openExitDesk('protected_storm')
}, 90_000)
afterAll(() => desk.close())

/** The next alert of an account. Prices lie so that nothing is executed but what is sold at market. */
function nextAlert(): Record<string, unknown> {
  const kind = random()
  if (kind < 0.3) return { Action: 'BuyMarket', PourCent: 5 }
  if (kind < 0.6)
    return {
      Action: 'MAJ',
      PourCent: 100,
      PrixSL: 50_000 + Math.floor(random() * 5000),
      PrixTP: 66_000 + Math.floor(random() * 5000),
    }
  if (kind < 0.9) return { Action: 'SellMarket', PourCent: random() < 0.3 ? 100 : 40 }
  return kind < 0.95 ? { Action: 'PING' } : { Action: 'BuyLimit', PourCent: 1, Prix: 40_000 }
}

const twice = () =>
  desk.installation.query(
    `SELECT position_id, purpose, count(*) FROM trades WHERE purpose IN ('STOP_LOSS', 'TAKE_PROFIT')
       AND status NOT IN ('DENIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FILLED') GROUP BY 1, 2 HAVING count(*) > 1`,
  )

it('alerts on protected positions while engine and gateway are killed in turn', async () => {
  const over = { value: false }
  const kills = { engine: 0, gateway: 0 }
  const havoc = (async () => {
    for (let victim: keyof typeof kills = 'engine'; !over.value; victim = victim === 'engine' ? 'gateway' : 'engine') {
      await sleep(500 + random() * 1500)
      kills[victim] += 1
      await desk.installation.kill(victim)
      await sleep(random() * 300)
      await desk.installation.start(victim)
      expect(await twice()).toEqual([])
    }
  })()
  havoc.catch(() => undefined)
  const trade = async (exchange: (typeof EXCHANGES)[number]): Promise<void> => {
    await desk.send(exchange, { Action: 'BuyMarket', PourCent: 20, IndicateurName: `${exchange}-first` })
    for (let n = 0; n < ALERTS; n++) {
      await desk.send(exchange, { ...nextAlert(), IndicateurName: `${exchange}-${n}` })
      await sleep(random() < 0.3 ? 0 : random() * 800)
    }
  }
  await Promise.all(EXCHANGES.map(trade)).finally(() => (over.value = true))
  await havoc
  const rows = await allSettled(desk.installation, 90_000)
  const outcomes: Record<string, number> = {}
  for (const { status, reason } of rows) {
    const outcome = `${status}: ${(reason ?? '').replace(/[0-9.]+/g, '#')}`
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  }
  process.stdout.write(`storm of protected positions: ${JSON.stringify({ seed: SEED, kills, outcomes })}\n`)

  const wrong = await desk.installation.query(
    `SELECT w.id, w.action::text, w.status::text, w.reason, n.count FROM webhooks w
       CROSS JOIN LATERAL (SELECT count(*) FROM trades t WHERE t.webhook_id = w.id AND t.purpose IN ('ENTRY', 'EXIT')
         AND t.status NOT IN ('DENIED', 'REJECTED', 'CANCELED', 'EXPIRED')) n
     WHERE w.action IN ('BUY_MARKET', 'SELL_MARKET', 'BUY_LIMIT') AND n.count <> (w.status = 'EXECUTED')::int`,
  )
  expect(wrong).toEqual([])
  for (const exchange of EXCHANGES) {
    const nothingWanted = async () => (await desk.position(exchange))?.['wanted_exits'] === null
    await until(nothingWanted, 60_000, 'nothing more wanted')
    // Once everybody is up again, all goes its usual way.
    await desk.done(
      await desk.send(exchange, { Action: 'BuyMarket', PourCent: 20, IndicateurName: `${exchange}-again` }),
    )
    const exits = { Action: 'MAJ', PourCent: 100, PrixSL: 50_500, PrixTP: 70_500, IndicateurName: `${exchange}-last` }
    expect(await desk.done(await desk.send(exchange, exits), 30_000)).toMatchObject({ status: 'EXECUTED' })
    await desk.protectedAt(exchange, ['50500', '70500'])
    await until(nothingWanted, 10_000, 'nothing more wanted')
    const all = { Action: 'SellMarket', PourCent: 100, IndicateurName: `${exchange}-end` }
    expect(await desk.done(await desk.send(exchange, all), 30_000)).toMatchObject({ status: 'EXECUTED' })
    await until(async () => d((await desk.position(exchange))?.['quantity'] ?? '1').isZero(), 20_000, 'all is sold')
    await until(async () => (await desk.live(exchange)).length === 0, 20_000, 'no exits left')
    expect(await twice()).toEqual([])
    const { orders } = await desk.ledgerOf(exchange)
    const resting = orders.filter(({ side, status }) => side === 'SELL' && ['NEW', 'PARTIALLY_FILLED'].includes(status))
    expect(resting).toEqual([])
    const account = desk.accountOf(exchange)
    // The others number their executions otherwise; what they moved is the same everywhere.
    if (exchange === 'binance') await expectSameAsExchange(desk.installation, account, { USDT: '10000' })
    await expectGainsExplained(desk.installation, account, '10000')
    await expectPositionsFolded(desk.installation, account)
  }
}, 240_000)
