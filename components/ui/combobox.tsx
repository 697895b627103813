'use client'

import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { TextInput } from '@/components/ui/field'

interface Props {
  value: string
  onChange: (value: string) => void
  /** Choices for what was typed, best first. */
  search: (typed: string) => string[]
  emptyText: string
  isDisabled?: boolean
  testId?: string
}

/** A text field that searches a long list: arrows move, Enter chooses, Escape gives the old value back. */
export function Combobox({ value, onChange, search, emptyText, isDisabled = false, testId }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  const [active, setActive] = useState(0)
  const listId = useId()
  const list = useRef<HTMLUListElement>(null)
  const isOpen = typed !== null
  const choices = isOpen ? search(typed) : []

  const choose = (choice: string | undefined) => {
    if (choice !== undefined) onChange(choice)
    setTyped(null)
  }
  const move = (by: number) => {
    const next = Math.min(Math.max(active + by, 0), choices.length - 1)
    setActive(next)
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (isOpen) move(event.key === 'ArrowDown' ? 1 : -1)
      else setTyped('')
    } else if (event.key === 'Enter' && isOpen) {
      event.preventDefault()
      choose(choices[active])
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      setTyped(null)
    }
  }

  return (
    <div className="relative">
      <TextInput
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && choices.length > 0 ? `${listId}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        data-testid={testId}
        disabled={isDisabled}
        value={typed ?? value}
        onFocus={(event) => event.target.select()}
        onClick={() => {
          if (!isOpen) setTyped('')
          setActive(0)
        }}
        placeholder={value}
        onChange={(event) => {
          setTyped(event.target.value)
          setActive(0)
        }}
        onBlur={() => setTyped(null)}
        onKeyDown={onKeyDown}
      />
      {isOpen ? (
        <ul
          ref={list}
          id={listId}
          role="listbox"
          className="absolute inset-x-0 top-full z-10 mt-1 max-h-64 overflow-y-auto rounded border border-line-strong bg-raised py-1 shadow-xl"
        >
          {choices.length === 0 ? <li className="px-2.5 py-1.5 text-[13px] text-mute">{emptyText}</li> : null}
          {choices.map((choice, index) => (
            <li
              key={choice}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === active}
              // The field keeps the focus until the click is done.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(choice)}
              onMouseEnter={() => setActive(index)}
              className="cursor-pointer px-2.5 py-1.5 text-[13px] aria-selected:bg-accent/15 aria-selected:text-accent"
            >
              {choice}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}
