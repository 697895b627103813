import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from 'react'

const CONTROL =
  'h-9 w-full min-w-0 rounded border border-line-strong bg-canvas px-2.5 text-[13px] text-ink placeholder:text-mute hover:border-mute focus-visible:border-accent disabled:cursor-not-allowed disabled:opacity-55 aria-[invalid=true]:border-down'

/** A label above its control, with a hint or an error below. */
export function Field({ label, hint, children }: { label: string; hint?: string | undefined; children: ReactNode }) {
  return (
    <label className="flex min-w-0 flex-col gap-1">
      <span className="text-xs font-medium text-soft">{label}</span>
      {children}
      {hint === undefined ? null : <span className="text-xs text-mute">{hint}</span>}
    </label>
  )
}

export function TextInput({ className = '', ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  return <input className={`${CONTROL} ${className}`} {...rest} />
}

export function Select({ className = '', ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return <select className={`${CONTROL} pr-1 ${className}`} {...rest} />
}
