'use client'

interface Props<T extends string> {
  label: string
  value: T
  options: readonly { value: T; text: string; title?: string }[]
  onChange: (value: T) => void
  isDisabled?: boolean
}

/** A few choices side by side, of which one holds. */
export function SwitchGroup<T extends string>({ label, value, options, onChange, isDisabled = false }: Props<T>) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded border border-line-strong p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          title={option.title}
          aria-label={option.title}
          aria-pressed={option.value === value}
          disabled={isDisabled}
          onClick={() => {
            if (option.value !== value) onChange(option.value)
          }}
          className="h-6 rounded-sm px-2 text-xs text-mute transition-colors hover:text-ink aria-pressed:bg-raised aria-pressed:font-semibold aria-pressed:text-accent"
        >
          {option.text}
        </button>
      ))}
    </div>
  )
}
