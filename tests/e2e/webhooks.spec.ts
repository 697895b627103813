import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type APIResponse, expect, type Page, test } from '@playwright/test'
import pg from 'pg'
import { enterDevelopment } from './enter-development'

// « Webhooks » at work: an address, alerts that come and one that does not, the orders they lead to, and why.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })

interface Trade {
  averageEntryPrice: string
}

const answerOf = async <T>(answer: APIResponse): Promise<T> => (await answer.json()) as T
const rowOf = (page: Page, action: string) =>
  page.getByTestId('webhook-row').and(page.locator(`[data-action="${action}"]`))

/** Writes down an alert that never came, as the audit does: nobody waits for one here. */
async function miss(): Promise<void> {
  const password = readFileSync(join(process.env['E2E_DATA_DIR'] ?? '', 'postgres.secret'), 'utf8').trim()
  const db = new pg.Client({
    connectionString: `postgresql://aristobot:${password}@127.0.0.1:${process.env['E2E_DB_PORT'] ?? ''}/aristobot`,
  })
  await db.connect()
  await db.query(
    `WITH source AS (
       INSERT INTO webhook_sources (user_id, name, symbol, interval, first_due_at, audited_to, last_received_at, missed_in_row)
       SELECT id, 'Pulse', 'BTC/USDT', '60', now(), now() + interval '1 day', now(), 1 FROM users WHERE name = 'dev' RETURNING id, user_id)
     INSERT INTO webhooks (user_id, status, action, action_text, source, symbol, interval, raw_body, received_at, processed_at,
       source_id, due_at, reason)
     SELECT user_id, 'MISSED', 'MISSED', 'MISS', 'Pulse', 'BTC/USDT', '60', '', now(), now(), id, now() - interval '1 minute',
       'No alert came at its time.' FROM source`,
  )
  await db.end()
}

test('alerts come in, are traded on and tell why', async ({ page, playwright, baseURL }) => {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await enterDevelopment(page)
  await page.getByRole('link', { name: 'Webhooks' }).click()
  await expect(page.getByTestId('webhook-journal')).toContainText('Aucun webhook reçu')
  await expect(page.getByTestId('trades')).toContainText('Pas d’ordres à afficher')
  await expect(page.getByTestId('trades')).toContainText('pas de position ouverte')
  await page.screenshot({ path: `${SHOTS}/webhooks-empty.png` })

  // The address of the account page; renewed only after a confirmation.
  await page.getByRole('link', { name: 'Mon Compte' }).click()
  await page.getByTestId('renew-token').click()
  const shown = page.getByTestId('webhook-address')
  await expect(shown).toContainText('/api/webhooks/')
  const first = (await shown.textContent()) ?? ''
  await page.getByTestId('renew-token').click()
  await page.keyboard.press('Escape')
  await expect(shown).toHaveText(first)
  await page.getByTestId('renew-token').click()
  await page.getByTestId('confirm-renew').click()
  await expect(shown).not.toHaveText(first)
  const address = (await shown.textContent()) ?? ''
  await page.getByTestId('pine').getByText('Script Pine').click()
  await expect(page.getByTestId('pine-script')).toContainText('//@version=6')
  await page.getByTestId('pine-script').scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${SHOTS}/webhook-address.png`, fullPage: true })

  const send = (fields: Record<string, unknown>) =>
    page.request.post(address, {
      data: { Symbol: 'BTCUSDT', Exchange: 'BINANCE', Interval: '5', IndicateurName: 'EMA croisées', ...fields },
    })
  // Not activated for webhooks: kept, and no order.
  const broker = page.getByTestId('broker-row').filter({ hasText: 'Paper' })
  const typeBefore = await broker.getByTestId('trading-type').inputValue()
  await broker.getByTestId('trading-type').selectOption('OFF')
  await expect(broker.getByTestId('trading-type')).toBeEnabled()
  expect((await send({ Action: 'BuyMarket', PourCent: 5 })).status()).toBe(200)
  await page.getByRole('link', { name: 'Webhooks' }).click()
  await expect(rowOf(page, 'BUY_MARKET')).toHaveAttribute('data-status', 'FAILED')
  await expect(page.getByTestId('webhook-journal')).toContainText('L’exchange n’est pas activé')
  await page.getByRole('link', { name: 'Mon Compte' }).click()
  await broker.getByTestId('trading-type').selectOption('WEBHOOK')
  await expect(broker.getByTestId('trading-type')).toBeEnabled()
  await page.getByRole('link', { name: 'Webhooks' }).click()

  // Seen as they come, without a reload; the first while the page is being opened.
  expect((await page.request.post(address, { data: 'ceci n’est pas une alerte' })).status()).toBe(400)
  await expect(page.locator('[data-status="UNREADABLE"]')).toHaveCount(1)
  await miss()
  expect((await send({ Action: 'PING', Close: 61_000.5, Volume: 'NaN' })).status()).toBe(200)
  await expect(rowOf(page, 'PING')).toHaveAttribute('data-status', 'EXECUTED')
  await expect(rowOf(page, 'MISSED')).toContainText('MISS')
  expect((await send({ Action: 'BuyMarket', PourCent: 10 })).status()).toBe(200)
  const trade = page.getByTestId('trade')
  await expect(trade.getByTestId('order-row')).toHaveAttribute('data-status', 'FILLED', { timeout: 20_000 })
  await expect(trade).toContainText('sans stop ni objectif')
  const [held] = await answerOf<Trade[]>(await page.request.get('/api/webhooks/positions'))
  const near = (factor: number) => (Number(held?.averageEntryPrice) * factor).toFixed(2)
  expect((await send({ Action: 'MAJ', PrixSL: near(0.95), PrixTP: near(1.05) })).status()).toBe(200)
  await expect(rowOf(page, 'UPDATE_EXITS')).toHaveAttribute('data-status', 'EXECUTED', { timeout: 20_000 })
  await expect(trade.locator('header')).toContainText('Stop loss')
  await expect(trade.locator('header')).toContainText('Take profit')
  await expect(trade.getByTestId('order-row')).toHaveCount(3)
  await page.screenshot({ path: `${SHOTS}/webhooks.png`, fullPage: true })

  // Every field, and the story.
  await rowOf(page, 'PING').getByTestId('webhook-fields').click()
  await expect(page.getByTestId('webhook-field-list')).toContainText('61000.5')
  await rowOf(page, 'BUY_MARKET').first().getByTestId('why').click()
  await expect(page.locator('[data-kind="EXECUTION"]').first()).toBeVisible()
  for (const kind of ['RECEIVED', 'VALIDATED', 'SETTLED', 'INITIALIZE', 'SUBMIT', 'FILL'])
    await expect(page.locator(`[data-kind="${kind}"]`).first()).toBeVisible()
  await page.screenshot({ path: `${SHOTS}/webhook-story.png` })
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('story')).toHaveCount(0)
  await trade.getByTestId('why').last().click()
  await expect(page.locator('[data-kind="RECEIVED"]')).toHaveCount(1)
  await page.getByTestId('close-story').click()

  // Filters, and the audit of a source.
  await page.getByTestId('filter-status').selectOption('MISSED')
  await expect(page.getByTestId('webhook-row')).toHaveCount(1)
  await page.getByTestId('refresh-journal').click()
  const source = page.getByTestId('source-row').filter({ hasText: 'Pulse' })
  await expect(source.getByTestId('loss-rate')).toHaveText('100,00\u00a0%')
  await source.getByRole('button', { name: 'OFF' }).click()
  await expect(source).toHaveAttribute('data-state', 'muted')
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.screenshot({ path: `${SHOTS}/webhooks-1280.png`, fullPage: true })

  // REST: wrong questions are refused, strangers too.
  expect((await page.request.get('/api/webhooks/history?status=NO')).status()).toBe(400)
  expect((await page.request.get('/api/orders/none/story')).status()).toBe(404)
  const stranger = await playwright.request.newContext({ ...(baseURL === undefined ? {} : { baseURL }) })
  for (const path of ['history', 'stats', 'positions', '1/story'])
    expect([path, (await stranger.get(`/api/webhooks/${path}`)).status()]).toEqual([path, 401])
  await stranger.dispose()

  // As it was, for the tests that follow.
  await page.getByRole('link', { name: 'Mon Compte' }).click()
  await broker.getByTestId('trading-type').selectOption(typeBefore)
  await expect(broker.getByTestId('trading-type')).toBeEnabled()
  expect(problems).toEqual([])
})
