import { mkdirSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { enterDevelopment } from './enter-development'

// « Mon Compte » at work: a broker from its entry to its removal, keys tested for real, what an exchange can do.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })

interface Keys {
  apiKey: string
  apiSecret: string
  apiPassphrase: string | null
}

/** Opens an account at the paper exchange, past the bot: for the bot it is a real one. */
async function openAccount(page: Page, baseURL: string | undefined, more: object): Promise<Keys> {
  const simulator = new URL(baseURL ?? '')
  simulator.port = String(Number(simulator.port) + 3)
  const answer = await page.request.post(new URL('/_control/accounts', simulator).href, {
    data: { balances: { USDT: '2500', BTC: '0.5' }, ...more },
  })
  expect(answer.ok()).toBe(true)
  return (await answer.json()) as Keys
}

const rowOf = (page: Page, name: string) => page.getByTestId('broker-row').filter({ hasText: name })

async function fill(page: Page, name: string, keys: Keys): Promise<void> {
  await page.getByTestId('broker-name').fill(name)
  await page.getByTestId('broker-apiKey').fill(keys.apiKey)
  await page.getByTestId('broker-apiSecret').fill(keys.apiSecret)
  if (keys.apiPassphrase !== null) await page.getByTestId('broker-apiPassphrase').fill(keys.apiPassphrase)
}

test.beforeEach(async ({ page }) => {
  await enterDevelopment(page)
  await page.getByRole('link', { name: 'Mon Compte' }).click()
  await expect(rowOf(page, 'Paper')).toHaveAttribute('data-confirmed', 'true')
})

test('a paper broker is entered, tested, confirmed, used and removed', async ({ page }) => {
  await page.getByTestId('add-broker').click()
  await expect(page.getByTestId('broker-exchange').locator('option:enabled')).toHaveCount(3)
  expect(await page.getByTestId('broker-exchange').locator('option').count()).toBeGreaterThan(100)
  await page.getByTestId('broker-name').fill('Essai')
  await page.getByTestId('broker-funds').fill('5000')
  await page.getByTestId('save-broker').click()
  await expect(page.getByTestId('trial-balance')).toContainText('5\u202f000')
  await page.screenshot({ path: `${SHOTS}/broker-check.png` })
  await page.getByTestId('confirm-broker').click()

  const row = rowOf(page, 'Essai')
  await expect(row).toHaveAttribute('data-confirmed', 'true')
  await expect(row.getByTestId('pair-count')).toHaveText(/^1[45] paires$/)
  await row.getByTestId('trading-type').selectOption('WEBHOOK')
  await row.getByTestId('make-default').click()
  await expect(row).toContainText('Par défaut')
  await expect(page.getByTestId('make-default')).toHaveCount(1)
  await row.getByTestId('reload-pairs').click()
  await expect(row.getByTestId('pairs-loaded')).toContainText('Broker Essai : ')
  await page.screenshot({ path: `${SHOTS}/account.png` })

  await row.getByTestId('capabilities').click()
  const list = page.getByTestId('capability-list')
  await expect(list).toContainText('OCO')
  await expect(list).toContainText('Limites en ce moment')
  await expect(list).toContainText('Flux du compte ouvert', { timeout: 15_000 })
  await page.screenshot({ path: `${SHOTS}/capabilities.png` })
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()

  await row.getByTestId('edit-broker').click()
  await page.getByTestId('broker-name').fill('Paper')
  await page.getByTestId('save-broker').click()
  await expect(page.getByTestId('broker-refusal')).toContainText('porte ce nom')
  await page.getByTestId('broker-name').fill('Essai bis')
  await page.getByTestId('save-broker').click()
  const renamed = rowOf(page, 'Essai bis')
  await expect(renamed).toBeVisible()

  await rowOf(page, 'Paper').getByTestId('make-default').click()
  await renamed.getByTestId('remove-broker').click()
  await expect(page.getByTestId('confirm-remove')).toBeDisabled()
  await page.getByTestId('remove-name').fill('Essai bis')
  await page.getByTestId('confirm-remove').click()
  await expect(renamed).toHaveCount(0)
})

test('keys are tried before they are believed', async ({ page, baseURL }) => {
  const keys = await openAccount(page, baseURL, { exchange: 'binance', canWithdraw: true })
  await page.getByTestId('add-broker').click()
  await page.getByTestId('broker-environment').selectOption('LIVE')
  await fill(page, 'Réel', { ...keys, apiSecret: 'wrong-secret' })
  await page.getByTestId('save-broker').click()
  await expect(page.getByTestId('broker-refusal')).toContainText('L’exchange refuse ces clés')
  await page.screenshot({ path: `${SHOTS}/broker-refused.png` })

  // What was typed is still there.
  await page.getByTestId('check-back').click()
  await expect(page.getByTestId('broker-apiKey')).toHaveValue(keys.apiKey)
  await page.getByTestId('broker-apiSecret').fill(keys.apiSecret)
  await page.getByTestId('save-broker').click()
  await expect(page.getByTestId('broker-refusal')).toContainText('permet de retirer des fonds : elle est refusée')
  await page.getByTestId('accept-withdraw').click()
  await expect(page.getByTestId('key-rights')).toContainText('cette clé permet de retirer')
  await expect(page.getByTestId('key-rights')).toContainText('n’importe quelle adresse IP')
  await expect(page.getByTestId('trial-balance')).toContainText('BTC')
  await page.keyboard.press('Escape')

  // Not confirmed: kept, but at work nowhere.
  const row = rowOf(page, 'Réel')
  await expect(row).toHaveAttribute('data-confirmed', 'false')
  await expect(row.getByTestId('trading-type')).toBeDisabled()
  await row.getByTestId('remove-broker').click()
  await page.getByTestId('remove-name').fill('Réel')
  await page.getByTestId('confirm-remove').click()
  await expect(row).toHaveCount(0)
})

test('a unified account of Bitget is recognized as such', async ({ page, baseURL }) => {
  const keys = await openAccount(page, baseURL, { exchange: 'bitget', accountMode: 'UNIFIED', isIpRestricted: true })
  await page.getByTestId('add-broker').click()
  await page.getByTestId('broker-exchange').selectOption('bitget')
  await page.getByTestId('broker-environment').selectOption('LIVE')
  await fill(page, 'Bitget', keys)
  await page.getByTestId('save-broker').click()
  await expect(page.getByTestId('key-rights')).toContainText('compte unifié')
  await expect(page.getByTestId('trial-balance')).toContainText('2\u202f500')
  await page.getByTestId('confirm-broker').click()
  const row = rowOf(page, 'Bitget')
  await expect(row).toContainText('compte unifié')
  await expect(row.getByTestId('pair-count')).toHaveText(/^1[45] paires$/)
  await row.getByTestId('capabilities').click()
  await expect(page.getByTestId('capability-list')).toContainText('Bitget n’a pas de stop suiveur au comptant.')
  await page.screenshot({ path: `${SHOTS}/capabilities-bitget.png` })
  await page.getByTestId('close-capabilities').click()
  await row.getByTestId('remove-broker').click()
  await page.getByTestId('remove-name').fill('Bitget')
  await page.getByTestId('confirm-remove').click()
  await expect(row).toHaveCount(0)
})
