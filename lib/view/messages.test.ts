import { expect, test } from 'vitest'
import en from '@/messages/en.json'
import fr from '@/messages/fr.json'

function textsOf(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') found.set(at, value)
    else if (typeof value === 'object' && value !== null) for (const [k, v] of textsOf(value, at)) found.set(k, v)
  }
  return found
}

// `{count, plural, one {page} …}` and `{name}` are arguments; the texts of a plural's branches are not.
const argumentsOf = (text: string): string[] =>
  [...new Set([...text.matchAll(/(?<!(?:=\d+|one|other) )\{(\w+)[,}]/g)].map((match) => match[1] ?? ''))].sort()

test('French and English say the same things with the same arguments', () => {
  const french = textsOf(fr)
  const english = textsOf(en)
  expect([...french.keys()].sort()).toEqual([...english.keys()].sort())
  expect(french.size).toBeGreaterThan(50)
  for (const [key, text] of french) expect([key, argumentsOf(text)]).toEqual([key, argumentsOf(english.get(key) ?? '')])
})

test('French typography: no straight apostrophe, no line that begins with a mark, no missing text', () => {
  for (const [key, text] of textsOf(fr)) {
    expect([key, text.includes("'")]).toEqual([key, false])
    // A no-break space stands before these marks and inside quotation marks.
    expect([key, / [:;?!»]|« /.test(text)]).toEqual([key, false])
    expect([key, text.trim().length > 0]).toEqual([key, true])
  }
})
