import { expect, type Page } from '@playwright/test'

/** Signs the user "dev" in by the development mode, in whatever state an earlier test left it, and has French spoken. */
export async function enterDevelopment(page: Page): Promise<void> {
  await page.goto('/login')
  const mode = page.getByTestId('debug-mode')
  if ((await mode.getAttribute('aria-pressed')) === 'true') await mode.click()
  await expect(mode).toHaveAttribute('aria-pressed', 'false')
  await mode.click()
  await expect(page).toHaveURL(/\/heartbeat/)
  const french = page.getByRole('button', { name: 'Français' })
  if ((await french.getAttribute('aria-pressed')) === 'false') await french.click()
  await expect(french).toHaveAttribute('aria-pressed', 'true')
}
