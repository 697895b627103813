import { mkdirSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { openAlertServices } from '../support/alert-services'
import { enterDevelopment } from './enter-development'

// « Alertes » on the account page: channels, their switches, a trial with its answer, and what the status bar says of trouble.

const SHOTS = 'test-results/screens'
mkdirSync(SHOTS, { recursive: true })
const SECRET = 'AbCdEf-hIjKlMnOpQrStUvWxYz0123456789_AbCdEfGhIjKlMnOpQrStUvWxYz01234'
const WEBHOOK = `https://discord.com/api/webhooks/123456789012345678/${SECRET}`

test('channels are entered, tried, repaired and removed', async ({ page }) => {
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  const services = await openAlertServices(Number(process.env['E2E_ALERT_PORT']))
  try {
    await enterDevelopment(page)
    await page.getByRole('link', { name: 'Mon Compte' }).click()
    const panel = page.getByTestId('alerts')
    await expect(panel).toContainText('Aucun canal d’alertes')
    await panel.screenshot({ path: `${SHOTS}/alerts-empty.png` })

    // An address that is none of Discord's is refused at the door.
    await page.getByTestId('add-channel').click()
    await page.getByTestId('channel-name').fill('Salon trading')
    await page.getByTestId('channel-webhook').fill('https://example.org/api/webhooks/1/2')
    await page.getByTestId('save-channel').click()
    await expect(page.getByTestId('channel-refusal')).toContainText('https://discord.com/api/webhooks/')
    await page.getByTestId('channel-webhook').fill(WEBHOOK)
    await page.getByTestId('kind-FILL').uncheck()
    await page.screenshot({ path: `${SHOTS}/alerts-form.png` })
    await page.getByTestId('save-channel').click()
    const discord = page.getByTestId('channel-row').filter({ hasText: 'Salon trading' })
    await expect(discord).toHaveAttribute('data-state', 'NEW')
    await expect(discord.getByTestId('channel-facts')).toContainText('12 événements sur 13')

    await page.getByTestId('add-channel').click()
    await page.getByTestId('channel-service').selectOption('TELEGRAM')
    await page.getByTestId('channel-name').fill('Téléphone')
    await page.getByTestId('channel-token').fill('123456789:AAabcdefghijklmnopqrstuvwxyz0123456')
    await page.getByTestId('channel-chat').fill('-1001234567890')
    await page.getByTestId('save-channel').click()
    const telegram = page.getByTestId('channel-row').filter({ hasText: 'Téléphone' })
    await expect(telegram).toHaveAttribute('data-state', 'NEW')

    // A trial, live: delivered, then refused for good, which the status bar says too.
    await discord.getByTestId('try-channel').click()
    await expect(discord.getByTestId('trial-done')).toBeVisible()
    expect(services.received.at(-1)?.text).toContain('Essai des alertes')
    await expect(discord).toHaveAttribute('data-state', 'OK')
    services.script('TELEGRAM', {
      status: 403,
      body: { ok: false, description: 'Forbidden: bot was blocked by the user' },
    })
    await telegram.getByTestId('try-channel').click()
    await expect(telegram.getByTestId('trial-failed')).toContainText('le bot a été bloqué')
    await expect(telegram.getByTestId('trial-failed')).toContainText('bot was blocked by the user')
    await expect(telegram).toHaveAttribute('data-state', 'BROKEN')
    await expect(page.getByTestId('status-alerts')).toContainText('Téléphone')
    await page.screenshot({ path: `${SHOTS}/alerts.png`, fullPage: true })

    // The secret never comes back; without a new one the old one stays.
    await discord.getByTestId('edit-channel').click()
    await expect(page.getByTestId('channel-webhook')).toHaveValue('')
    await page.getByTestId('kind-FILL').check()
    await page.getByTestId('save-channel').click()
    await expect(discord.getByTestId('channel-facts')).toContainText('13 événements sur 13')
    expect(await (await page.request.get('/api/alerts')).text()).not.toContain(SECRET)

    await page.getByRole('button', { name: 'English' }).click()
    await expect(page.getByRole('heading', { name: 'Alerts' })).toBeVisible()
    await page.getByRole('button', { name: /light/i }).first().click()
    await page.setViewportSize({ width: 390, height: 844 })
    await panel.scrollIntoViewIfNeeded()
    await page.screenshot({ path: `${SHOTS}/alerts-phone-light.png` })
    await telegram.getByTestId('edit-channel').click()
    await page.screenshot({ path: `${SHOTS}/alerts-form-phone.png` })
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: /dark/i }).first().click()
    await page.getByRole('button', { name: 'Français' }).click()

    // Repaired by a trial, then both removed.
    await telegram.getByTestId('try-channel').click()
    await expect(telegram.getByTestId('trial-done')).toBeVisible()
    await expect(page.getByTestId('status-alerts')).toHaveCount(0)
    for (const row of [discord, telegram]) {
      await row.getByTestId('remove-channel').click()
      await page.getByTestId('confirm-remove-channel').click()
      await expect(row).toHaveCount(0)
    }
    await expect(panel).toContainText('Aucun canal d’alertes')
    expect(problems).toEqual([])
  } finally {
    await services.close()
  }
})
