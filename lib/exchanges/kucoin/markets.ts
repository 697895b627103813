import type { Instrument } from '@/lib/domain/market/instrument'
import type { OnProgress } from '@/lib/exchanges/execution-client'
import { mapInstrument } from '@/lib/exchanges/kucoin/map-market'
import type { KucoinRawClient } from '@/lib/exchanges/kucoin/raw-client'
import { symbolSchema } from '@/lib/exchanges/kucoin/schemas'
import { readInstruments } from '@/lib/exchanges/market-names'

/** The pairs of KuCoin (GET /api/v2/symbols). */
export const loadInstruments = async (raw: KucoinRawClient, onProgress?: OnProgress): Promise<Instrument[]> =>
  readInstruments(await raw.getAllSymbols(), symbolSchema, mapInstrument, onProgress)
