import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { getTranslations } from 'next-intl/server'
import { LoginForm } from '@/components/login/login-form'
import { Mark } from '@/components/shell/brand'
import { DisplaySwitches } from '@/components/shell/display-switches'
import { ErrorMessage } from '@/components/ui/message'
import { currentUser } from '@/lib/auth/session'
import { isDebugActive, isDebugAllowed } from '@/lib/use-cases/set-debug-mode'
import { destinationOf } from '@/lib/view/sign-in'
import { THEME_COOKIE } from '@/lib/view/theme'
import { setDisplay } from '../../actions'
import { createAccount } from './actions'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('login'))('title') }
}

async function readState() {
  try {
    return { user: await currentUser(), isDebugOn: await isDebugActive(), isDatabaseAway: false }
  } catch {
    return { user: null, isDebugOn: false, isDatabaseAway: true }
  }
}

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ from?: string | string[] }> }) {
  const { from } = await searchParams
  const destination = destinationOf(typeof from === 'string' ? from : undefined)
  const { user, isDebugOn, isDatabaseAway } = await readState()
  if (user !== null) redirect(destination)
  const t = await getTranslations('login')
  const theme = (await cookies()).get(THEME_COOKIE)?.value === 'LIGHT' ? 'LIGHT' : 'DARK'
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="w-full max-w-sm rounded-lg border border-line bg-panel p-7">
        <div className="mb-7 flex items-center gap-3">
          <Mark className="size-10" />
          <div>
            <h1 className="text-lg leading-tight font-semibold tracking-tight">Aristobot</h1>
            <p className="text-[13px] text-mute">{t('subtitle')}</p>
          </div>
        </div>
        {isDatabaseAway ? (
          <div className="mb-4">
            <ErrorMessage>{t('databaseAway')}</ErrorMessage>
          </div>
        ) : null}
        <LoginForm
          destination={destination}
          createAccount={createAccount}
          isDevelopmentOn={isDebugAllowed() ? isDebugOn : null}
        />
      </div>
      <DisplaySwitches theme={theme} setDisplay={setDisplay} />
    </main>
  )
}
