import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Locator, test } from '@playwright/test'
import pg from 'pg'
import { writeTrips } from '../support/round-trips'
import { enterDevelopment } from './enter-development'

// « Statistiques » without a trade, then with some that are written into the installation's database.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })
const DAY_MS = 86_400_000
const NARROW = { width: 390, height: 844 }
const WIDE = { width: 1440, height: 900 }

async function openDatabase(): Promise<pg.Client> {
  const password = readFileSync(join(process.env['E2E_DATA_DIR'] ?? '', 'postgres.secret'), 'utf8').trim()
  const port = process.env['E2E_DB_PORT'] ?? ''
  const db = new pg.Client(`postgresql://aristobot:${password}@127.0.0.1:${port}/aristobot`)
  await db.connect()
  return db
}

/** Columns of a chart's canvases in which a pixel has the color of a design token: how wide a line of it is drawn. */
const columnsDrawn = (chart: Locator, token: string): Promise<number> =>
  chart.evaluate((box, name) => {
    const probe = document.createElement('i')
    probe.style.color = `var(${name})`
    box.append(probe)
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/\d+/g) ?? []).map(Number)
    probe.remove()
    let most = 0
    for (const canvas of box.querySelectorAll('canvas')) {
      const { width, height } = canvas
      const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data
      if (data === undefined) continue
      const columns = new Set<number>()
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && (data[at + 3] ?? 0) > 200)
          columns.add((at / 4) % width)
      most = Math.max(most, columns.size)
    }
    return most
  }, token)

test('what the trades brought is shown, filtered and exported', async ({ page }) => {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  await enterDevelopment(page)
  // What is sent in pieces stands outside of it until it is put in its place.
  const main = page.getByRole('main')
  const db = await openDatabase()
  try {
    await page.getByRole('link', { name: 'Statistiques' }).click()
    await main.getByTestId('period').selectOption('lastYear')
    await expect(main.getByTestId('no-trips')).toContainText('Rien n’a été clos avec ces filtres')
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
      gain: (Math.sin(index / 5) * 400 + (index % 3 === 0 ? -185 : 142.25)).toFixed(2),
    }))
    await writeTrips((sql, values) => db.query(sql, values), { userId: owner.user_id, brokerId: owner.id }, trips)
    const centsOf = (some: typeof trips) => some.reduce((total, { gain }) => total + Math.round(Number(gain) * 100), 0)
    const textOf = (cents: number) =>
      (Math.abs(cents) / 100)
        .toFixed(2)
        .replace('.', ',')
        .replace(/\B(?=(\d{3})+,)/, '\u202f')

    await db.query(
      "UPDATE positions SET dust_quantity = 0.0001, dust_cost = 1.25 WHERE broker_id = $1 AND symbol = 'BTC/EUR'",
      [owner.id],
    )

    // The figures, and the curve that is really drawn in the colors of both themes.
    await page.reload()
    await main.getByTestId('quote').selectOption('EUR')
    const total = main.getByTestId('total-gain')
    await expect(total).toContainText(textOf(centsOf(trips)))
    await expect(main.getByTestId('trip-count')).toHaveText('60')
    await expect(main.getByTestId('dust')).toContainText('1,25')
    const wins = trips.filter(({ gain }) => Number(gain) > 0).length
    await expect(main.getByTestId('win-rate')).toHaveText(`${((wins / 60) * 100).toFixed(2).replace('.', ',')}\u00a0%`)
    await expect(main.getByTestId('by-source')).toContainText('Ajouté par Terminal 7')
    await expect(main.getByTestId('by-strategy')).toContainText('Stratégie supprimée')
    await expect(main.getByTestId('by-symbol').getByRole('row')).toHaveCount(4)
    await expect(main.getByTestId('by-broker')).toContainText('Paper')
    // The account holds no euros: what there is to say is said.
    await expect(main.getByTestId('curve-note')).toContainText('pas de solde en EUR')
    const chart = main.getByTestId('curve')
    await expect.poll(() => columnsDrawn(chart, '--up')).toBeGreaterThan(200)
    await expect.poll(() => columnsDrawn(chart, '--down')).toBeGreaterThan(200)
    await page.screenshot({ path: `${SHOTS}/statistics.png`, fullPage: true })

    const month = main.getByTestId('day-calendar').locator('caption')
    const newest = await month.textContent()
    await page.getByRole('button', { name: 'Mois précédent' }).click()
    await expect(month).not.toHaveText(newest ?? '')

    // Periods, and the files of the same.
    await main.getByTestId('period').selectOption('days7')
    await expect(main.getByTestId('trip-count')).toHaveText('6')
    await expect(total).toContainText(textOf(centsOf(trips.slice(-6))))
    const saved = async (file: 'round-trips' | 'fills') => {
      const download = page.waitForEvent('download')
      await main.getByTestId(file).click()
      const lines = readFileSync(await (await download).path(), 'utf8').split('\r\n')
      return { head: lines[0], count: lines.filter((line) => line.includes('/EUR;')).length }
    }
    expect((await saved('round-trips')).count).toBe(6)
    await main.getByTestId('period').selectOption('custom')
    const dayBefore = (days: number) => new Date(now - days * DAY_MS).toISOString().slice(0, 10)
    await main.getByTestId('period-to').fill(dayBefore(40))
    await expect(main.getByTestId('trip-count')).toHaveText(/^(20|21)$/)
    await main.getByTestId('period').selectOption('all')
    await expect(main.getByTestId('trip-count')).toHaveText('60')
    const files = [await saved('round-trips'), await saved('fills')]
    expect(files.map(({ count }) => count)).toEqual([60, 60])
    expect(files[0]?.head).toMatch(/^\ufeffOuverture;Clôture;Broker;Exchange;Paire;/)
    expect(files[1]?.head).toMatch(/^\ufeffDate;Broker;Exchange;Paire;Sens;/)
    expect((await page.request.get('/api/statistics?from=hier')).status()).toBe(400)

    // The balance, where the account holds the currency.
    const { rows: moved } = await db.query<{ symbol: string }>(
      `UPDATE round_trips SET symbol = replace(symbol, '/EUR', '/USDT') WHERE symbol LIKE '%/EUR' RETURNING symbol`,
    )
    expect(moved).toHaveLength(60)
    await page.reload()
    await expect(main.getByTestId('curve-note')).toContainText('dépôts et retraits', { ignoreCase: true })
    await expect(main.getByTestId('balance')).toContainText(/\d/)

    await page.setViewportSize(NARROW)
    await expect(page.locator('html')).toHaveJSProperty('scrollWidth', NARROW.width)
    // All of it fits: the gains of two waves, and what is lost between them.
    await expect.poll(() => columnsDrawn(chart, '--up')).toBeGreaterThan(150)
    await page.screenshot({ path: `${SHOTS}/statistics-phone.png`, fullPage: true })
    await page.setViewportSize(WIDE)
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Light theme' }).click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
    await expect(page.getByRole('link', { name: 'Statistics' })).toBeVisible()
    await expect.poll(() => columnsDrawn(chart, '--up')).toBeGreaterThan(200)
    await page.screenshot({ path: `${SHOTS}/statistics-light.png`, fullPage: true })
    await page.getByRole('button', { name: 'Dark theme' }).click()
    await expect(page.locator('html')).not.toHaveAttribute('data-theme', 'light')
    await page.getByRole('button', { name: 'Français' }).click()
    await expect(page.getByRole('link', { name: 'Statistiques' })).toBeVisible()
    expect(problems).toEqual([])
  } finally {
    await db.query(`DELETE FROM trades WHERE symbol LIKE '%/EUR'`)
    await db.query(`DELETE FROM positions WHERE symbol LIKE '%/EUR'`)
    await db.end()
  }
})
