import type { NextConfig } from 'next'
import createNextIntlPlugin from 'next-intl/plugin'

// The sign-in answers under whatever name this machine is reached by (localhost, its LAN name); behind TLS set
// NEXTAUTH_URL to the https address, which takes precedence and turns the Secure cookies on.
process.env.AUTH_TRUST_HOST ??= '1'

const config: NextConfig = {
  poweredByHeader: false,
  // Types are checked once, by `npm run check`: an installation need not wait for them again.
  typescript: { ignoreBuildErrors: true },
  reactStrictMode: true,
  serverExternalPackages: [
    '@node-rs/argon2',
    'pg',
    'bullmq',
    'ioredis',
    'pino',
    // The queue dashboard finds its pages and files beside its own code.
    '@bull-board/api',
    '@bull-board/hono',
    '@hono/node-server',
  ],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  headers: () =>
    Promise.resolve([
      {
        source: '/:path*',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'Referrer-Policy', value: 'same-origin' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
          { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
        ],
      },
    ]),
}

export default createNextIntlPlugin('./app/locale-request.ts')(config)
