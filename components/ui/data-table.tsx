import type { ReactNode } from 'react'

export interface Column<K extends string> {
  key: K
  heading: string
  isNumeric?: boolean
  /** For screen readers only, where the cells speak for themselves. */
  isHidden?: boolean
  /** Keeps its distance from numbers that stand right in the column before. */
  isIndented?: boolean
}

/** A dense table in a region of its own that scrolls, by keyboard too, while the headings stay. `children` are the rows. */
export function DataTable<K extends string>({
  label,
  testId,
  columns,
  className = '',
  children,
}: {
  label: string
  testId: string
  columns: Column<K>[]
  className?: string
  children: ReactNode
}) {
  return (
    <div className={`overflow-auto ${className}`} tabIndex={0} role="region" aria-label={label}>
      <table className="w-full text-xs" data-testid={testId}>
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="text-[11px] text-mute">
            {columns.map(({ key, heading, isNumeric = false, isHidden = false, isIndented = false }) => (
              <th
                key={key}
                scope="col"
                className={`sticky top-0 bg-panel px-1.5 py-1.5 font-medium whitespace-nowrap first:pl-3 last:pr-3 ${isNumeric ? 'text-right' : 'text-left'} ${isIndented ? 'pl-4' : ''}`}
              >
                {isHidden ? <span className="sr-only">{heading}</span> : heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
