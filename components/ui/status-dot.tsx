const COLORS = { up: 'bg-up', down: 'bg-down', warn: 'bg-warn', idle: 'bg-mute' }

export type DotTone = keyof typeof COLORS

/** A small colored dot; its meaning always stands beside it in words. */
export function StatusDot({ tone, isBreathing = false }: { tone: DotTone; isBreathing?: boolean }) {
  return (
    <span aria-hidden className={`size-2 shrink-0 rounded-full ${COLORS[tone]} ${isBreathing ? 'breathing' : ''}`} />
  )
}
