import { mkdirSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { enterDevelopment } from './enter-development'

// « Rapprochement » and « Tout annuler » on « Mon Compte », with a paper broker of their own that is removed at the end.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })

const NAME = 'Soldes'

/** The key of the new account, by which the paper exchange knows it: taken on its way in. */
async function openBroker(
  page: Page,
  baseURL: string | undefined,
): Promise<(path: string, body: object) => Promise<void>> {
  const simulator = new URL(baseURL ?? '')
  simulator.port = String(Number(simulator.port) + 3)
  const answer = await page.request.post(new URL('/_control/accounts', simulator).href, {
    data: { exchange: 'binance', balances: { USDT: '2500', BTC: '0.5' }, isIpRestricted: true },
  })
  const keys = (await answer.json()) as { apiKey: string; apiSecret: string }
  await page.getByTestId('add-broker').click()
  await page.getByTestId('broker-environment').selectOption('LIVE')
  await page.getByTestId('broker-name').fill(NAME)
  await page.getByTestId('broker-apiKey').fill(keys.apiKey)
  await page.getByTestId('broker-apiSecret').fill(keys.apiSecret)
  await page.getByTestId('save-broker').click()
  await page.getByTestId('confirm-broker').click()
  return async (path, body) => {
    const moved = await page.request.post(new URL(`/_control/${path}`, simulator).href, {
      data: { apiKey: keys.apiKey, ...body },
    })
    expect(moved.ok()).toBe(true)
  }
}

test('balances are reconciled, differences explained and acknowledged, all orders canceled', async ({
  page,
  baseURL,
}) => {
  await enterDevelopment(page)
  await page.getByRole('link', { name: 'Mon Compte' }).click()
  const control = await openBroker(page, baseURL)
  const row = page.getByTestId('broker-row').filter({ hasText: NAME })
  await expect(row).toHaveAttribute('data-confirmed', 'true')
  await expect(row.getByTestId('pair-count')).toHaveText(/^1[45] paires$/)

  const panel = page.getByTestId('balances')
  await panel.getByTestId('balances-broker').selectOption({ label: NAME })
  // A new broker is reconciled by itself; whoever asks meanwhile gets the same.
  await expect(panel.getByTestId('check-result')).toHaveText('Point de départ', { timeout: 30_000 })
  await page.screenshot({ path: `${SHOTS}/balances-first.png`, fullPage: true })

  await control('transfers', { kind: 'DEPOSIT', asset: 'USDT', amount: '250.5' })
  await control('transfers', { kind: 'WITHDRAWAL', asset: 'BTC', amount: '0.1', fee: '0.0005' })
  await control('transfers', { kind: 'DEPOSIT', asset: 'BNB', amount: '0.7', isRecorded: false })
  await panel.getByTestId('reconcile').click()
  await expect(panel.getByTestId('check-result')).toHaveText('1 écart inexpliqué', { timeout: 30_000 })
  const line = (asset: string) => panel.locator(`[data-testid=balance-line][data-asset=${asset}]`)
  await expect(line('USDT')).toContainText('+250,5')
  await expect(line('USDT')).toContainText('Dépôt')
  await expect(line('BTC')).toContainText('Retrait')
  await expect(line('BTC')).toContainText('Frais')
  await expect(line('BNB')).toContainText('Inexpliqué')
  await panel.getByTestId('check-history').locator('summary').click()
  await page.screenshot({ path: `${SHOTS}/balances.png`, fullPage: true })
  await panel.getByTestId('acknowledge').click()
  await expect(line('BNB')).toContainText('noté')
  await expect(panel.getByTestId('acknowledge')).toHaveCount(0)

  await row.getByTestId('cancel-all').click()
  await page.screenshot({ path: `${SHOTS}/cancel-all.png` })
  await page.getByTestId('cancel-foreign').check()
  await page.getByTestId('confirm-cancel-all').click()
  await expect(page.getByTestId('cancel-all-done')).toContainText('Aucun ordre en cours')
  await page.keyboard.press('Escape')

  await page.setViewportSize({ width: 390, height: 844 })
  await panel.scrollIntoViewIfNeeded()
  await page.screenshot({ path: `${SHOTS}/balances-phone.png` })
  await page.setViewportSize({ width: 1280, height: 800 })
  await row.getByTestId('remove-broker').click()
  await page.getByTestId('remove-name').fill(NAME)
  await page.getByTestId('confirm-remove').click()
  await expect(row).toHaveCount(0)
})
