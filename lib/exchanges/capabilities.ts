import type { Support } from '@/lib/domain/account/capabilities'

export type { ExchangeCapabilities, Support } from '@/lib/domain/account/capabilities'

export const NATIVE: Support = { level: 'NATIVE' }
export const nativeAs = (note: string): Support => ({ level: 'NATIVE', note })
export const emulated = (reason: string): Support => ({ level: 'EMULATED', reason })
export const unsupported = (reason: string): Support => ({ level: 'UNSUPPORTED', reason })
