import type { NextAuthOptions } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { z } from 'zod'
import { PASSWORD_MAX } from '@/lib/auth/password'
import { signIn } from '@/lib/auth/sign-in'
import { env } from '@/lib/platform/env'
import { createLogger } from '@/lib/platform/logger'

const enteredSchema = z.object({ id: z.uuid(), sessionVersion: z.number().int() })
const WEEK_SECONDS = 7 * 24 * 3600
const log = createLogger('web')

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function addressOf(headers: Record<string, unknown> | undefined): string {
  return textOf(headers?.['x-forwarded-for']).split(',')[0]?.trim() ?? ''
}

/** Made per call, so that a build needs no secret. What `authorize` throws reaches the login form as the error's code. */
export const authOptions = (): NextAuthOptions => ({
  secret: env().SECRET_KEY,
  session: { strategy: 'jwt', maxAge: WEEK_SECONDS },
  pages: { signIn: '/login', error: '/login' },
  logger: { error: (code) => log.warn({ code }, 'authentication error'), warn: () => undefined },
  providers: [
    Credentials({
      credentials: { name: { type: 'text' }, password: { type: 'password' }, mode: { type: 'text' } },
      async authorize(credentials, request) {
        const name = textOf(credentials?.name).trim()
        const password = textOf(credentials?.password)
        const isDevelopment = credentials?.mode === 'development'
        if (name.length > 64 || password.length > PASSWORD_MAX) return null
        const result = await signIn({
          name,
          password,
          isDevelopment,
          address: addressOf(request.headers),
          now: Date.now(),
        }).catch((error: unknown) => {
          log.error({ error }, 'sign-in failed')
          throw new Error('UNAVAILABLE')
        })
        if (result.isGranted) return result.user
        throw new Error(result.reason === 'THROTTLED' ? `THROTTLED:${Math.ceil(result.waitMs / 1000)}` : result.reason)
      },
    }),
  ],
  callbacks: {
    // `user` is there at sign-in only, whatever the type says.
    jwt: ({ token, user }) => {
      const entered = enteredSchema.safeParse(user)
      return entered.success ? { sub: entered.data.id, sessionVersion: entered.data.sessionVersion } : token
    },
  },
})
