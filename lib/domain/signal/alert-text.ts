// Reads the message of a TradingView alert. Pine scripts put it together by hand, so that it is nearly JSON: NaN, words
// and times without quotes, numbers as text, a comma too many. What is understood is listed here; everything else is
// refused with the place where reading stopped.

export type AlertValue = string | number | boolean | null

export class AlertSyntaxError extends Error {
  override name = 'AlertSyntaxError'
}

const MAX_FIELDS = 100
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** PostgreSQL holds neither half a character (\ud83d alone) nor NUL. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD')

/** A reader over one text. */
class AlertReader {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  read(): Record<string, AlertValue> {
    this.#space()
    this.#expect('{')
    const fields: Record<string, AlertValue> = Object.create(null) as Record<string, AlertValue>
    const seen = new Map<string, AlertValue>()
    let count = 0
    for (;;) {
      this.#space()
      if (this.#take('}')) break
      if (this.#take(',')) continue // a comma too many
      if (++count > MAX_FIELDS) throw this.#error('more than 100 fields')
      const key = this.#peek() === '"' || this.#peek() === "'" ? this.#quoted() : this.#word(':')
      this.#space()
      this.#expect(':')
      this.#space()
      const value = this.#value()
      const name = key.toLowerCase()
      if (seen.has(name) && seen.get(name) !== value) throw this.#error(`${key.slice(0, 40)} stands there twice`)
      seen.set(name, value)
      fields[key] = value
      this.#space()
      if (this.#peek() !== ',' && this.#peek() !== '}') throw this.#error('expected , or }')
    }
    this.#space()
    if (this.#at < this.#text.length) throw this.#error('text after the message')
    return fields
  }

  #value(): AlertValue {
    const next = this.#peek()
    if (next === '"' || next === "'") return this.#quoted()
    if (this.#text.startsWith('{{', this.#at)) return this.#placeholder()
    if (next === '{' || next === '[') throw this.#error('nested values are not understood')
    return meaningOf(this.#word(',}'))
  }

  /** `{{close}}` without quotes, left as it is by TradingView. */
  #placeholder(): string {
    const end = this.#text.indexOf('}}', this.#at)
    if (end < 0) throw this.#error('a placeholder without its end')
    const start = this.#at
    this.#at = end + 2
    return this.#text.slice(start, this.#at)
  }

  /** Text up to one of the stop characters. A time without quotes may contain colons. */
  #word(stops: string): string {
    const start = this.#at
    while (
      this.#at < this.#text.length &&
      !stops.includes(this.#text.charAt(this.#at)) &&
      this.#text.charAt(this.#at) !== '\n'
    )
      this.#at++
    const word = this.#text.slice(start, this.#at).trim()
    if (word === '' && stops === ':') throw this.#error('a field without a name')
    return word
  }

  #quoted(): string {
    const quote = this.#peek()
    this.#at++
    let text = ''
    for (;;) {
      const char = this.#text.charAt(this.#at)
      if (char === '') throw this.#error('a text without its closing quote')
      this.#at++
      if (char === quote) return storable(text)
      text += char === '\\' ? this.#escape() : char
    }
  }

  #escape(): string {
    const char = this.#text.charAt(this.#at)
    this.#at++
    if (char !== 'u') return ESCAPES[char] ?? char
    const code = this.#text.slice(this.#at, this.#at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.#error('a wrong \\u escape')
    this.#at += 4
    return String.fromCharCode(Math.trunc(+`0x${code}`))
  }

  #space(): void {
    while (/\s/.test(this.#peek())) this.#at++
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false
    this.#at++
    return true
  }

  #expect(char: string): void {
    if (!this.#take(char)) throw this.#error(`expected ${char}`)
  }

  #error(what: string): AlertSyntaxError {
    return new AlertSyntaxError(`${what} at character ${this.#at + 1}`)
  }
}

/** An unquoted word: nothing, a truth value, or text; numbers stay text, so that no digit is lost. */
function meaningOf(word: string): AlertValue {
  if (word === '' || /^(nan|na|null|none)$/i.test(word)) return null
  if (word === 'true') return true
  if (word === 'false') return false
  return word
}

/** The fields of an alert's body. Throws AlertSyntaxError with a sentence that says where reading stopped. */
export function readAlertText(body: string): Record<string, AlertValue> {
  const text = storable(body.startsWith('\uFEFF') ? body.slice(1) : body)
  if (text.trim() === '') throw new AlertSyntaxError('the body is empty')
  return new AlertReader(text).read()
}
