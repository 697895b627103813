import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import { NextIntlClientProvider } from 'next-intl'
import { getLocale } from 'next-intl/server'
import type { ReactNode } from 'react'
import { currentUser } from '@/lib/auth/session'
import { THEME_COOKIE } from '@/lib/view/theme'
import './globals.css'

export const metadata: Metadata = { title: { default: 'Aristobot', template: '%s · Aristobot' }, robots: 'noindex' }
export const viewport: Viewport = { width: 'device-width', initialScale: 1 }

export default async function RootLayout({ children }: { children: ReactNode }) {
  await headers() // every page is dynamic: its scripts carry the nonce of the request
  const user = await currentUser().catch(() => null)
  const remembered = (await cookies()).get(THEME_COOKIE)?.value
  const isLight = user === null ? remembered === 'LIGHT' : user.theme === 'LIGHT'
  return (
    <html
      lang={await getLocale()}
      data-theme={isLight ? 'light' : 'dark'}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="min-h-dvh bg-canvas font-sans text-sm text-ink antialiased">
        <NextIntlClientProvider>{children}</NextIntlClientProvider>
      </body>
    </html>
  )
}
