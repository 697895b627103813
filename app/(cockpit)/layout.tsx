import type { ReactNode } from 'react'
import { DisplaySwitches } from '@/components/shell/display-switches'
import { Header } from '@/components/shell/header'
import { Providers } from '@/components/shell/providers'
import { Sidebar } from '@/components/shell/sidebar'
import { StatusBar } from '@/components/shell/status-bar'
import { requireUser } from '@/lib/auth/session'
import { readStatusBar } from '@/lib/use-cases/read-status-bar'
import { loadPairs, setDisplay } from '../actions'

export default async function CockpitLayout({ children }: { children: ReactNode }) {
  const user = await requireUser()
  const status = await readStatusBar(user.id, Date.now()).catch(() => null)
  return (
    <Providers>
      <Header
        status={<StatusBar initial={status} loadPairs={loadPairs} />}
        switches={<DisplaySwitches theme={user.theme} timeZone={user.timeZone} setDisplay={setDisplay} />}
      />
      <Sidebar userName={user.name} />
      <main className="px-3 pt-21 pb-16 md:ml-48 md:px-4 md:pt-15 md:pb-4">{children}</main>
    </Providers>
  )
}
