import type { ReactNode } from 'react'

interface Props {
  title?: string
  /** Shown at the right of the title. */
  aside?: ReactNode
  className?: string
  testId?: string
  children: ReactNode
}

/** A framed part of a screen, with a heading when it has a title. */
export function Panel({ title, aside, className = '', testId, children }: Props) {
  return (
    <section
      data-testid={testId}
      className={`flex min-w-0 flex-col rounded-md border border-line bg-panel ${className}`}
    >
      {title === undefined ? null : (
        <header className="flex min-h-9 items-center justify-between gap-x-3 gap-y-1 border-b border-line px-3 max-sm:flex-wrap max-sm:py-1">
          <h2 className="truncate text-[13px] font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  )
}
