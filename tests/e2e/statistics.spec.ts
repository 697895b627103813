import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import pg from 'pg'
import { writeTrips } from '../support/round-trips'
import { enterDevelopment } from './enter-development'

// « Statistiques » without a trade, then with some that are written into the installation's database.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })
const DAY_MS = 86_400_000

async function openDatabase(): Promise<pg.Client> {
  const password = readFileSync(join(process.env['E2E_DATA_DIR'] ?? '', 'postgres.secret'), 'utf8').trim()
  const port = process.env['E2E_DB_PORT'] ?? ''
  const db = new pg.Client(`postgresql://aristobot:${password}@127.0.0.1:${port}/aristobot`)
  await db.connect()
  return db
}

test('what the trades brought is shown, filtered and exported', async ({ page }) => {
  await enterDevelopment(page)
  const db = await openDatabase()
  try {
    await page.getByRole('link', { name: 'Statistiques' }).click()
    await expect(page.getByTestId('period')).toBeVisible()
    await page.getByTestId('period').selectOption('lastYear')
    await expect(page.getByTestId('no-trips')).toContainText('Rien n’a été clos avec ces filtres')
    await page.screenshot({ path: `${SHOTS}/statistics-empty.png` })

    const { rows } = await db.query<{ user_id: string; id: string }>(
      `SELECT b.user_id, b.id FROM brokers b JOIN users u ON u.id = b.user_id WHERE u.name = 'dev' AND b.name = 'Paper'`,
    )
    const [owner] = rows
    if (owner === undefined) throw new Error('no paper broker')
    const sources = ['MANUAL', 'STRATEGY', 'WEBHOOK', 'EXTERNAL'] as const
    const symbols = ['BTC/EUR', 'ETH/EUR', 'AVERYLONGASSETNAME/EUR']
    const now = Date.now()
    const trips = Array.from({ length: 60 }, (_, index) => ({
      symbol: symbols[index % 3] ?? '',
      source: sources[index % 4] ?? 'MANUAL',
      openedAt: new Date(now - (62 - index) * DAY_MS).toISOString(),
      closedAt: new Date(now - (60 - index) * DAY_MS).toISOString(),
      cost: '1000',
      gain: (Math.sin(index / 5) * 40 + (index % 3 === 0 ? -18.5 : 14.25)).toFixed(2),
    }))
    await writeTrips((sql, values) => db.query(sql, values), { userId: owner.user_id, brokerId: owner.id }, trips)
    const cents = trips.reduce((total, { gain }) => total + Math.round(Number(gain) * 100), 0)

    await page.reload()
    await page.getByTestId('quote').selectOption('EUR')
    const total = page.getByTestId('total-gain')
    const shown = (Math.abs(cents) / 100)
      .toFixed(2)
      .replace('.', ',')
      .replace(/\B(?=(\d{3})+,)/, '\u202f')
    await expect(total).toContainText(shown)
    await expect(page.getByTestId('by-source')).toContainText('Ajouté par Terminal 7')
    await expect(page.getByTestId('by-symbol').getByRole('row')).toHaveCount(4)
    await expect(page.getByTestId('by-broker')).toContainText('Paper')
    await expect(page.getByTestId('gain-curve').locator('canvas').first()).toBeVisible()
    await page.waitForTimeout(500)
    await page.screenshot({ path: `${SHOTS}/statistics.png` })

    const month = page.getByTestId('day-calendar').locator('caption')
    const newest = await month.textContent()
    await page.getByRole('button', { name: 'Mois précédent' }).click()
    await expect(month).not.toHaveText(newest ?? '')

    const file = page.waitForEvent('download')
    await page.getByTestId('round-trips').click()
    const saved = await (await file).path()
    const text = readFileSync(saved, 'utf8')
    expect(text.startsWith('\ufeffOuverture;Clôture;Broker;Exchange;Paire;')).toBe(true)
    expect(text.split('\r\n').filter((line) => line.includes('/EUR;'))).toHaveLength(60)

    await page.getByTestId('period').selectOption('days7')
    await expect(total).not.toContainText(shown)
    await page.setViewportSize({ width: 400, height: 800 })
    await page.screenshot({ path: `${SHOTS}/statistics-phone.png` })
  } finally {
    await db.query(`DELETE FROM trades WHERE symbol LIKE '%/EUR'`)
    await db.query(`DELETE FROM positions WHERE symbol LIKE '%/EUR'`)
    await db.end()
  }
})
