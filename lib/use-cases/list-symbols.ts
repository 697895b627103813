import { listTradableSymbols } from '@/lib/db/symbol-reads'

/** Names of the pairs that can be traded at one of the user's brokers; null when it is not theirs. */
export const listSymbols = (userId: string, brokerId: string): Promise<string[] | null> =>
  listTradableSymbols(userId, brokerId)
