import type { Amount } from '@/lib/domain/money/decimal'
import { parseDecimal } from '@/lib/domain/money/decimal'
import { invalid } from './errors'

const DECIMAL = /^\d{1,20}(\.\d{1,20})?$/
const INTEGER = /^-?\d{1,18}$/

/** Parameters of one call: path, query and JSON body together. Unknown ones are ignored, as KuCoin does. */
export class Params {
  private readonly values: Record<string, unknown>

  constructor(values: Record<string, unknown>) {
    this.values = values
  }

  /** Reads a query and a body as sent. Throws 400100 for a body that is no JSON object. */
  static of(path: Record<string, string>, query: string, body: string): Params {
    let fields: unknown = {}
    try {
      if (body !== '') fields = JSON.parse(body)
    } catch {
      throw invalid('The body is not valid JSON.')
    }
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw invalid('Bad request body.')
    return new Params({ ...Object.fromEntries(new URLSearchParams(query)), ...fields, ...path })
  }

  text(name: string): string | undefined {
    const value = this.values[name]
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' && value !== '' ? value : undefined
  }

  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw invalid(`${name} can not be empty.`)
    return value
  }

  decimal(name: string): Amount | null {
    const value = this.text(name)
    if (value === undefined) return null
    if (!DECIMAL.test(value)) throw invalid(`${name} is invalid.`)
    const amount = parseDecimal(value)
    if (amount.isZero()) throw invalid(`${name} must be greater than zero.`)
    return amount
  }

  integer(name: string): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (!INTEGER.test(value)) throw invalid(`${name} is invalid.`)
    return Number(value)
  }

  boolean(name: string): boolean {
    return this.text(name) === 'true'
  }

  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = known.find((item) => item === value)
    if (found === undefined) throw invalid(`${name} is invalid.`)
    return found
  }

  /** A page size: the default when absent. Throws 400100 above `max`. */
  size(name: string, usual: number, max: number): number {
    const value = this.integer(name) ?? usual
    if (value < 1 || value > max) throw invalid(`${name} should not greater than ${max}`)
    return value
  }

  /** Start and end in ms: a week at most, the last one when neither is given. */
  week(now: number): { from: number; to: number } {
    const start = this.integer('startAt')
    const end = this.integer('endAt')
    const from = start ?? (end ?? now) - WEEK
    const to = end ?? from + WEEK
    if (to - from > WEEK) throw invalid('The query time range cannot exceed 7 days.')
    return { from, to }
  }

  /** Objects of an array, each as parameters of its own. */
  list(name: string): Params[] {
    const value = this.values[name]
    if (!Array.isArray(value)) throw invalid(`${name} can not be empty.`)
    return value.map((item: unknown) => {
      if (typeof item !== 'object' || item === null) throw invalid(`${name} is invalid.`)
      return new Params({ ...item })
    })
  }

  names(name: string): string[] | undefined {
    return this.text(name)?.split(',')
  }
}

const WEEK = 604_800_000
