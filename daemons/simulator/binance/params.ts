import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { BinanceError, illegal, mandatory, tooPrecise } from './errors'

const DECIMAL = /^([0-9]{1,20})(\.[0-9]{1,20})?$/
const INTEGER = /^[0-9]{1,18}$/
/** Every asset of the paper exchange has 8 decimals. */
const MAX_DECIMALS = 8

/** Parameters of one request. Remembers what was read, so that unknown ones are refused as Binance does (-1104). */
export class Params {
  private readonly values: Map<string, string>
  private readonly read = new Set<string>()

  constructor(values: Map<string, string>) {
    this.values = values
  }

  /** Query string and form body as sent; a parameter in both counts as sent in the query. Throws -1101 for a doubled one. */
  static of(query: string, body: string): Params {
    const values = new Map<string, string>()
    for (const [part, isQuery] of [
      [query, true],
      [body, false],
    ] as const) {
      if (part === '') continue
      const seen = new Set<string>()
      for (const [name, value] of new URLSearchParams(part)) {
        if (seen.has(name)) throw new BinanceError(-1101, 'Duplicate values for a parameter detected.')
        seen.add(name)
        if (isQuery || !values.has(name)) values.set(name, value)
      }
    }
    return new Params(values)
  }

  has(name: string): boolean {
    return this.text(name) !== undefined
  }

  text(name: string): string | undefined {
    this.read.add(name)
    const value = this.values.get(name)
    if (value === '') throw new BinanceError(-1105, `Parameter '${name}' was empty.`)
    return value
  }

  required(name: string): string {
    this.read.add(name)
    const value = this.values.get(name)
    if (value === undefined || value === '') throw mandatory(name)
    return value
  }

  /** Text that must fit `pattern`; throws -1100. */
  matching(name: string, pattern: RegExp): string | undefined {
    const value = this.text(name)
    if (value !== undefined && !pattern.test(value)) throw illegal(name, pattern.source)
    return value
  }

  decimal(name: string): Amount | null {
    const value = this.text(name)
    if (value === undefined) return null
    if (!DECIMAL.test(value)) throw illegal(name, DECIMAL.source)
    const amount = parseDecimal(value)
    if (amount.decimalPlaces() > MAX_DECIMALS) throw tooPrecise(name)
    return amount
  }

  integer(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!INTEGER.test(value)) throw illegal(name, INTEGER.source)
    return Number(value)
  }

  /** A page size: the default when absent, never above `max`. */
  limit(usual: number, max: number): number {
    const value = this.integer('limit') ?? usual
    if (value < 1) throw new BinanceError(-1130, "Data sent for parameter 'limit' is not valid.")
    return Math.min(value, max)
  }

  boolean(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined) return undefined
    if (value !== 'true' && value !== 'false') throw illegal(name, 'true|false')
    return value === 'true'
  }

  /** JSON array of texts, as exchangeInfo's `symbols`. */
  list(name: string): string[] | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    try {
      const parsed: unknown = JSON.parse(value)
      if (Array.isArray(parsed) && parsed.every((item) => typeof item === 'string')) return parsed
    } catch {
      // Falls through: not JSON is answered like any other malformed list.
    }
    throw illegal(name, '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$')
  }

  /** Throws when something was sent that nobody read. */
  finish(): void {
    const total = this.values.size
    const known = [...this.values.keys()].filter((name) => this.read.has(name)).length
    if (known === total) return
    if (known === 0) throw new BinanceError(-1101, `Too many parameters; expected '0' and received '${total}'.`)
    throw new BinanceError(
      -1104,
      `Not all sent parameters were read; read '${known}' parameter(s) but was sent '${total}'.`,
    )
  }

  /** All but the signature, sorted by name: what the WebSocket API signs. */
  sorted(): string {
    return [...this.values]
      .filter(([name]) => name !== 'signature')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
  }
}
