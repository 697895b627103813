import type { ButtonHTMLAttributes } from 'react'

type Tone = 'primary' | 'neutral' | 'danger' | 'quiet'

const TONES: Record<Tone, string> = {
  primary: 'bg-accent text-on-accent hover:brightness-110 font-semibold',
  neutral: 'border border-line-strong bg-raised text-ink hover:border-mute',
  danger: 'border border-down/60 bg-down/10 text-down hover:bg-down/20',
  quiet: 'text-soft hover:bg-raised hover:text-ink',
}
const SIZES = { small: 'h-7 px-2.5 text-xs', medium: 'h-9 px-4 text-sm' }

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone
  size?: keyof typeof SIZES
}

/** A button that does not submit by accident. */
export function Button({ tone = 'neutral', size = 'medium', className = '', type = 'button', ...rest }: Props) {
  return (
    <button
      type={type}
      className={`inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${TONES[tone]} ${SIZES[size]} ${className}`}
      {...rest}
    />
  )
}
