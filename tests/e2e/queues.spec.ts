import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { createBus } from '@/lib/bus/bus'
import { newId } from '@/lib/platform/ids'
import { createLogger } from '@/lib/platform/logger'
import { enterDevelopment } from './enter-development'

// The queue dashboard: jobs that failed for good are looked at by every user, and retried and removed by the administrator.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })

/** Jobs that cannot succeed: they ask for candles of a broker that does not exist. */
async function publishFailingJobs(count: number): Promise<void> {
  const password = readFileSync(join(process.env['E2E_DATA_DIR'] ?? '', 'postgres.secret'), 'utf8').trim()
  const bus = createBus({
    name: 'e2e',
    databaseUrl: `postgresql://aristobot:${password}@127.0.0.1:${process.env['E2E_DB_PORT'] ?? ''}/aristobot_queues`,
    log: createLogger('e2e', 'silent'),
    onRejected: () => Promise.resolve(),
  })
  for (let i = 0; i < count; i++)
    await bus.publish('candles.download', { brokerId: newId(), symbol: 'BTC/USDT', timeframe: '1m' })
  await bus.close()
}

interface Shown {
  queues: { name: string; counts: Record<string, number>; jobs: { id: string; stacktrace: string[] }[] }[]
}

async function backtestQueue(page: Page): Promise<Shown['queues'][number]> {
  const answer = await page.request.get('/queues/api/queues?activeQueue=backtest&status=failed')
  expect(answer.status()).toBe(200)
  const { queues } = (await answer.json()) as Shown
  const found = queues.find(({ name }) => name === 'backtest')
  if (found === undefined) throw new Error('there is no queue backtest')
  return found
}

const failedCount = async (page: Page): Promise<number | undefined> => (await backtestQueue(page)).counts['failed']

test('the administrator retries and removes failed jobs', async ({ page }) => {
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('request', (asked) => {
    if (new URL(asked.url()).hostname !== '127.0.0.1') problems.push(`asked for ${asked.url()}`)
  })
  await enterDevelopment(page)
  const before = (await failedCount(page)) ?? 0
  await publishFailingJobs(2)
  await expect.poll(() => failedCount(page), { timeout: 20_000 }).toBe(before + 2)

  await page.getByTestId('queues').click()
  await expect(page.getByText('exchange_requests').first()).toBeVisible()
  await page.screenshot({ path: `${SHOTS}/queues.png` })
  await page.getByRole('link', { name: 'backtest' }).first().click()
  await page.goto('/queues/queue/backtest?status=failed')
  await expect(page.getByRole('link', { name: 'candles.download' }).first()).toBeVisible()
  await page.screenshot({ path: `${SHOTS}/queue-failed.png` })

  const [first, second] = (await backtestQueue(page)).jobs
  if (first === undefined || second === undefined) throw new Error('no failed jobs are shown')
  expect(first.stacktrace.length).toBeGreaterThan(0)
  // Retried, it fails again: it was worked on once more.
  // The dashboard's buttons are icons without names: of a job's row the first retries and the last removes.
  const actions = page.locator('ul[class^=jobActions]').first().getByRole('button')
  const retried = page.waitForResponse((answer) => answer.url().endsWith('/retry'))
  await actions.first().click()
  await page.getByRole('button', { name: 'Confirmer' }).click()
  expect((await retried).status()).toBe(204)
  const removed = page.waitForResponse((answer) => answer.url().endsWith('/clean'))
  await expect.poll(() => failedCount(page), { timeout: 20_000 }).toBe(before + 2)
  await actions.last().click()
  await page.getByRole('button', { name: 'Confirmer' }).click()
  expect((await removed).status()).toBe(204)
  await expect.poll(() => failedCount(page), { timeout: 20_000 }).toBe(before + 1)
  expect(problems).toEqual([])
})

test('others look, and are refused by the server', async ({ page, request, baseURL }) => {
  expect((await request.get('/queues/api/queues')).status()).toBe(401)
  expect((await request.put('/queues/api/queues/backtest/pause')).status()).toBe(401)
  await page.goto('/queues')
  await expect(page).toHaveURL(/\/login/)

  const mode = page.getByTestId('debug-mode')
  if ((await mode.getAttribute('aria-pressed')) === 'true') await mode.click()
  await page.getByTestId('new-account').click()
  const form = page.getByTestId('sign-up-form')
  await form.locator('[name=name]').fill('Sidonie')
  await form.locator('[name=password]').fill('un mot de passe long')
  await form.locator('[name=repeated]').fill('un mot de passe long')
  await form.getByRole('button', { name: 'Créer' }).click()
  await expect(page).toHaveURL(/\/queues/, { timeout: 20_000 })

  const { jobs } = await backtestQueue(page)
  const [job] = jobs
  if (job === undefined) throw new Error('no failed job is shown')
  expect(job.stacktrace).toEqual([])
  await page.goto('/queues/queue/backtest?status=failed')
  await expect(page.getByRole('link', { name: 'candles.download' }).first()).toBeVisible()
  await expect(page.getByRole('button', { name: 'Réessayer' })).toHaveCount(0)
  await page.screenshot({ path: `${SHOTS}/queue-viewer.png` })
  const counted = await failedCount(page)
  const origin = baseURL ?? ''
  for (const path of [`${job.id}/retry`, `${job.id}/clean`, 'clean/failed', 'pause', 'empty', 'obliterate'])
    expect((await page.request.put(`/queues/api/queues/backtest/${path}`, { headers: { origin } })).status()).toBe(403)
  expect((await page.request.post('/queues/api/queues/backtest/add', { data: {} })).status()).toBe(403)
  expect(await failedCount(page)).toBe(counted)
})
