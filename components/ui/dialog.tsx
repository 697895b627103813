'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'

interface Props {
  title: string
  isOpen: boolean
  onClose: () => void
  size?: 'normal' | 'wide'
  children: ReactNode
}

const WIDTHS = { normal: 'w-[min(26rem,calc(100vw-2rem))]', wide: 'w-[min(46rem,calc(100vw-2rem))]' }

/** A modal window of the browser's own: keeps the focus inside, closes on Escape, and tells screen readers its title. */
export function Dialog({ title, isOpen, onClose, size = 'normal', children }: Props) {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  useEffect(() => {
    const dialog = element.current
    if (dialog === null) return
    if (isOpen && !dialog.open) dialog.showModal()
    if (!isOpen && dialog.open) dialog.close()
  }, [isOpen])

  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onClose={onClose}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
      className={`${WIDTHS[size]} rounded-lg border border-line-strong bg-panel text-left whitespace-normal text-ink shadow-2xl`}
    >
      {isOpen ? (
        <div className="flex flex-col gap-4 p-5">
          <h2 id={titleId} className="text-base font-semibold">
            {title}
          </h2>
          {children}
        </div>
      ) : null}
    </dialog>
  )
}
