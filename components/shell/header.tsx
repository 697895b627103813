import type { ReactNode } from 'react'
import { Brand } from '@/components/shell/brand'

/** The fixed bar on top: mark, state of the installation, switches. */
export function Header({ status, switches }: { status: ReactNode; switches: ReactNode }) {
  return (
    <header className="fixed inset-x-0 top-0 z-20 flex h-12 items-center gap-3 border-b border-line bg-panel pr-3 max-md:h-auto max-md:flex-wrap max-md:gap-y-1 max-md:py-1.5">
      <div className="flex shrink-0 items-center px-4 md:w-48">
        <Brand />
      </div>
      <div className="min-w-0 flex-1 max-md:order-3 max-md:basis-full max-md:px-3">{status}</div>
      <div className="shrink-0 max-md:ml-auto">{switches}</div>
    </header>
  )
}
