/** The mark: an A whose crossbar is a price line, and its signal. */
export function Mark({ className = 'size-7' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className} fill="none" strokeLinecap="round" strokeLinejoin="round">
      <path d="M5 24 13.2 7.2a1.6 1.6 0 0 1 2.9 0L20 15.4" stroke="var(--accent)" strokeWidth="2.6" />
      <path d="M9.6 19.4h4.6l2.6-4.6 3.4 8.2 2.6-5.2H27" stroke="var(--up)" strokeWidth="2.4" />
      <circle cx="26.2" cy="8" r="2.2" fill="var(--neon-red)" />
    </svg>
  )
}

export function Brand() {
  return (
    <span className="flex items-center gap-2 text-[15px] font-semibold tracking-tight">
      <Mark className="size-6" />
      Aristobot
    </span>
  )
}
