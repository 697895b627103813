import type { ReactNode } from 'react'

/** Says what went wrong, to eyes and to screen readers. */
export function ErrorMessage({ children, testId }: { children: ReactNode; testId?: string }) {
  return (
    <p
      role="alert"
      data-testid={testId}
      className="rounded border border-down/50 bg-down/10 px-3 py-2 text-[13px] text-down [overflow-wrap:anywhere]"
    >
      {children}
    </p>
  )
}

/** Nothing to show yet, and the next step. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-10 text-center">
      <p className="text-sm font-medium text-soft">{title}</p>
      {children === undefined ? null : <p className="max-w-md text-[13px] text-balance text-mute">{children}</p>}
    </div>
  )
}
