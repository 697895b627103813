import { type NextRequest, NextResponse } from 'next/server'
import { sessionOfCookieHeader } from '@/lib/auth/session-cookie'
import { env } from '@/lib/platform/env'
import { LIVE_PATH } from '@/lib/realtime/channels'
import { isQueuesPath, QUEUES_PATH } from '@/lib/view/queue-dashboard'

/** Our pages' scripts carry the nonce; the queue dashboard has no inline script, and its files are our own. */
function contentSecurityPolicy(scriptSource: string): string {
  return [
    `default-src 'self'`,
    `script-src ${scriptSource}`,
    `style-src 'self' 'unsafe-inline'`, // the chart library sets inline styles
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `object-src 'none'`,
    `base-uri 'self'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

function scriptSourceOf(path: string, nonce: string): string {
  if (isQueuesPath(path)) return `'self'`
  const isDevelopment = env().NODE_ENV === 'development'
  return `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`
}

// These look for the session themselves: a program is told 401, not led to the login page.
const isOpenPath = (path: string): boolean =>
  path === '/login' || path.startsWith('/api/') || path.startsWith(`${QUEUES_PATH}/api/`)

/** First door of every request: the live socket is handed on, strangers go to the login page, scripts need the nonce. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl
  // A rewrite at run time, WebSocket upgrades included: the browser sees one origin, hence one cookie and no CORS.
  if (pathname === LIVE_PATH)
    return NextResponse.rewrite(new URL(`${LIVE_PATH}${search}`, `http://${env().LIVE_HOST}:${env().LIVE_PORT}`))

  if (!isOpenPath(pathname) && (await sessionOfCookieHeader(request.headers.get('cookie'))) === null) {
    const login = request.nextUrl.clone()
    login.pathname = '/login'
    login.search = pathname === '/' ? '' : `?from=${encodeURIComponent(pathname)}`
    return NextResponse.redirect(login)
  }

  const nonce = Buffer.from(crypto.randomUUID()).toString('base64')
  const policy = contentSecurityPolicy(scriptSourceOf(pathname, nonce))
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('Content-Security-Policy', policy) // Next reads the nonce for its own scripts from here
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  return response
}

export const config = {
  matcher: [
    {
      source: '/((?!_next/static|_next/image|favicon.ico|icon.svg).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
}
