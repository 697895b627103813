import type { ReactNode } from 'react'
import { type DotTone, StatusDot } from '@/components/ui/status-dot'

interface ChipProps {
  tone?: DotTone
  title?: string
  testId: string
  children: ReactNode
}

/** One fact of the status bar, with its dot. */
export function Chip({ tone, title, testId, children }: ChipProps) {
  return (
    <li data-testid={testId} title={title} className="flex items-center gap-1.5 whitespace-nowrap text-xs text-soft">
      {tone === undefined ? null : <StatusDot tone={tone} />}
      {children}
    </li>
  )
}

const FLAG_COLORS = {
  warn: 'border-warn/50 bg-warn/10 text-warn',
  down: 'border-down/60 bg-down/10 text-down',
  testnet: 'border-2 border-[#ff0055] bg-ink text-canvas',
}

/** Stands out on purpose: what it says changes what everything else on the screen means. */
export function Flag({ tone, title, testId, children }: Omit<ChipProps, 'tone'> & { tone: keyof typeof FLAG_COLORS }) {
  return (
    <li
      data-testid={testId}
      title={title}
      className={`flex h-6 items-center whitespace-nowrap rounded border px-2 text-xs font-semibold ${FLAG_COLORS[tone]}`}
    >
      {children}
    </li>
  )
}
