import { expect, test } from '@playwright/test'
import { enterDevelopment } from './enter-development'

// The status bar at work: pairs loaded by a click, a failure with its reason, times in the browser's own zone.

test.use({ timezoneId: 'Asia/Tokyo' })

test('pairs are loaded by a click, and times follow the switch', async ({ page, baseURL }) => {
  const simulator = new URL(baseURL ?? '')
  simulator.port = String(Number(simulator.port) + 3)
  const fault = (settings: object) =>
    page.request.put(new URL('/_control/faults', simulator).href, { data: settings }).then((answer) => answer.ok())

  await enterDevelopment(page)
  const broker = page.getByTestId('status-broker').first()
  await expect(broker).toHaveText(/^Paper\s: \d+ paires$/)

  try {
    expect(await fault({ path: 'exchangeInfo', latencyMs: 1500 })).toBe(true)
    await broker.getByRole('button').click()
    await expect(broker).toHaveText(/^Chargement Binance \d+ %$/)
    const report = page.getByTestId('load-report')
    await expect(report).toContainText(/^Broker Paper\s: \d+ paires chargées/)
    await report.getByRole('button', { name: 'Fermer' }).click()

    expect(await fault({ path: 'exchangeInfo', httpStatus: { status: 503, count: 20 } })).toBe(true)
    await broker.getByRole('button').click()
    await expect(page.getByRole('alert').filter({ hasText: 'L’exchange ne répond pas' })).toBeVisible({
      timeout: 20_000,
    })
    await expect(broker).toHaveText(/^Paper\s: \d+ paires$/)
  } finally {
    await fault({})
  }
  await page.getByTestId('load-report').getByRole('button', { name: 'Fermer' }).click()
  await broker.getByRole('button').click()
  await expect(page.getByTestId('load-report')).toContainText('paires chargées')

  const signal = page.getByTestId('signal-stored').last()
  const hourOf = async () => Number(/_(\d\d):/.exec((await signal.innerText()) || '')?.[1])
  const utc = await hourOf()
  await page.getByRole('button', { name: 'Heures de ce navigateur' }).click()
  await expect.poll(hourOf).toBe((utc + 9) % 24)
  await page.getByRole('button', { name: 'Heures en UTC' }).click()
  await expect.poll(hourOf).toBe(utc)
})
