import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import { BitgetError, empty, tooPrecise, wrong } from './errors'

const DECIMAL = /^\d{1,20}(\.\d{1,20})?$/
const CLIENT_OID = /^[!-~]{1,50}$/

/** Parameters of one call: a query, or a JSON object whose values may be texts or numbers. Unknown ones are ignored. */
export class Params {
  private readonly values: Record<string, unknown>

  constructor(values: Record<string, unknown>) {
    this.values = values
  }

  static ofQuery(query: string): Params {
    return new Params(Object.fromEntries(new URLSearchParams(query)))
  }

  /** Throws 40017 when the body is no JSON object; a bare array is read as `list`. */
  static ofBody(body: string): Params {
    let parsed: unknown
    try {
      parsed = body === '' ? {} : JSON.parse(body)
    } catch {
      throw new BitgetError('40017', 'Parameter verification failed')
    }
    if (Array.isArray(parsed)) return new Params({ list: parsed })
    if (typeof parsed !== 'object' || parsed === null) throw new BitgetError('40017', 'Parameter verification failed')
    return new Params(parsed as Record<string, unknown>)
  }

  text(name: string): string | undefined {
    const value = this.values[name]
    if (typeof value === 'string') return value === '' ? undefined : value
    return typeof value === 'number' ? String(value) : undefined
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw empty(name)
    return value
  }

  /** One of the given words, in any case. */
  word<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined) return undefined
    const word = words.find((known) => known === value)
    if (word === undefined) throw wrong(name)
    return word
  }

  /** A positive amount with at most `scale` decimals. */
  amount(name: string, scale: number): Amount | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!DECIMAL.test(value)) throw wrong(name)
    const amount = parseDecimal(value)
    if (amount.lte(0)) throw wrong(name)
    if (amount.decimalPlaces() > scale) throw tooPrecise(name, value, scale)
    return amount
  }

  integer(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!/^\d{1,16}$/.test(value)) throw wrong(name)
    return Number(value)
  }

  /** A page size, never above `max`. */
  limit(usual: number, max: number): number {
    return Math.min(Math.max(this.integer('limit') ?? usual, 1), max)
  }

  clientOid(name = 'clientOid'): string | undefined {
    const value = this.text(name)
    if (value !== undefined && !CLIENT_OID.test(value))
      throw new BitgetError('40305', 'client_oid length is not greater than 50, and cannot be Martian characters')
    return value
  }

  /** A list of objects. */
  list(name: string): Params[] {
    const value = this.values[name]
    if (!Array.isArray(value)) throw empty(name)
    return value.map((entry) => new Params((entry ?? {}) as Record<string, unknown>))
  }

  texts(name: string): string[] {
    const value = this.values[name]
    return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
  }
}
