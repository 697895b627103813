import type { ExchangeCapabilities, Support } from '@/lib/exchanges/capabilities'
import type { CaseContext } from './paper-exchange'

/** One thing that every adapter must do alike. */
export interface ContractCase {
  name: string
  /** The capability that it proves, `orderTypes.LIMIT`; without one it holds for every account. */
  capability?: string
  run: (context: CaseContext) => Promise<void>
  /** What an account without the capability answers: NOT_SUPPORTED, outcome NOT_SENT. */
  refused?: (context: CaseContext) => Promise<unknown>
}

/** Every flag of an account's capabilities by its path. */
export function flagsOf(capabilities: ExchangeCapabilities): Map<string, Support> {
  const flags = new Map<string, Support>()
  for (const [name, value] of Object.entries(capabilities) as [string, unknown][]) {
    if (isSupport(value)) flags.set(name, value)
    else if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [inner, support] of Object.entries(value))
        if (isSupport(support)) flags.set(`${name}.${inner}`, support)
  }
  return flags
}

const isSupport = (value: unknown): value is Support => typeof value === 'object' && value !== null && 'level' in value
