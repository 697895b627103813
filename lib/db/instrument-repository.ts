import { pgPool } from '@/lib/db/pool'
import { inTransaction } from '@/lib/db/transaction'
import type { Instrument } from '@/lib/domain/market/instrument'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'

/** A row as JSON of the statement that joins it, as table `i`. */
export const INSTRUMENT_JSON = `json_build_object('symbol', i.symbol, 'exchange_symbol', i.exchange_symbol, 'base_asset', i.base_asset,
  'quote_asset', i.quote_asset, 'tick_size', i.tick_size::text, 'step_size', i.step_size::text,
  'min_quantity', i.min_quantity::text, 'max_quantity', i.max_quantity::text, 'market_step_size', i.market_step_size::text,
  'market_max_quantity', i.market_max_quantity::text, 'quote_step_size', i.quote_step_size::text, 'min_notional', i.min_notional::text, 'is_trading', i.is_trading,
  'is_oco_allowed', i.is_oco_allowed, 'order_types', i.order_types)`

export interface InstrumentRow {
  symbol: string
  exchange_symbol: string
  base_asset: string
  quote_asset: string
  tick_size: string
  step_size: string
  min_quantity: string
  max_quantity: string
  market_step_size: string
  market_max_quantity: string
  quote_step_size: string
  min_notional: string
  is_trading: boolean
  is_oco_allowed: boolean
  order_types: string[]
}

export const instrumentOf = (row: InstrumentRow): Instrument => ({
  symbol: row.symbol,
  exchangeSymbol: row.exchange_symbol,
  baseAsset: row.base_asset,
  quoteAsset: row.quote_asset,
  tickSize: parseDecimal(row.tick_size),
  stepSize: parseDecimal(row.step_size),
  minQuantity: parseDecimal(row.min_quantity),
  maxQuantity: parseDecimal(row.max_quantity),
  marketStepSize: parseDecimal(row.market_step_size),
  marketMaxQuantity: parseDecimal(row.market_max_quantity),
  quoteStepSize: parseDecimal(row.quote_step_size),
  minNotional: parseDecimal(row.min_notional),
  isTrading: row.is_trading,
  isOcoAllowed: row.is_oco_allowed,
  orderTypes: row.order_types,
})

export async function findInstrument(brokerId: string, symbol: string): Promise<Instrument | null> {
  const { rows } = await pgPool().query<InstrumentRow>(
    'SELECT * FROM exchange_symbols WHERE broker_id = $1 AND symbol = $2',
    [brokerId, symbol],
  )
  return rows[0] ? instrumentOf(rows[0]) : null
}

/** Replaces a broker's pairs by what the exchange lists now. Returns their number. */
export async function replaceInstruments(brokerId: string, instruments: Instrument[]): Promise<number> {
  const columns = instruments.map((i) => [
    i.symbol,
    i.exchangeSymbol,
    i.baseAsset,
    i.quoteAsset,
    toWire(i.tickSize),
    toWire(i.stepSize),
    toWire(i.minQuantity),
    toWire(i.maxQuantity),
    toWire(i.marketStepSize),
    toWire(i.marketMaxQuantity),
    toWire(i.quoteStepSize),
    toWire(i.minNotional),
    i.isTrading,
    i.isOcoAllowed,
    JSON.stringify(i.orderTypes),
  ])
  const column = (index: number) => columns.map((row) => row[index])
  return inTransaction(async (tx) => {
    // Of two loads at once the second waits here: it replaces what the first wrote.
    await tx.query('SELECT 1 FROM brokers WHERE id = $1 FOR NO KEY UPDATE', [brokerId])
    await tx.query('DELETE FROM exchange_symbols WHERE broker_id = $1', [brokerId])
    await tx.query(
      `INSERT INTO exchange_symbols (broker_id, symbol, exchange_symbol, base_asset, quote_asset, tick_size, step_size, min_quantity,
         max_quantity, market_step_size, market_max_quantity, quote_step_size, min_notional, is_trading, is_oco_allowed, order_types)
       SELECT $1::uuid, s, e, b, q, t, st, mi, ma, ms, mm, qs, n, tr, oc, ARRAY(SELECT jsonb_array_elements_text(o::jsonb))
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[],
         $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[], $14::bool[], $15::bool[], $16::text[])
         AS u(s, e, b, q, t, st, mi, ma, ms, mm, qs, n, tr, oc, o)`,
      [brokerId, ...Array.from({ length: 15 }, (_, index) => column(index))],
    )
    await tx.query('UPDATE brokers SET markets_loaded_at = now(), last_error = NULL WHERE id = $1', [brokerId])
    return instruments.length
  })
}

/** Markets of a broker between any two of these assets. */
export async function findSymbolsAmong(brokerId: string, assets: string[]): Promise<string[]> {
  const { rows } = await pgPool().query<{ symbol: string }>(
    'SELECT symbol FROM exchange_symbols WHERE broker_id = $1 AND base_asset = ANY($2) AND quote_asset = ANY($2) ORDER BY symbol',
    [brokerId, assets],
  )
  return rows.map((row) => row.symbol)
}
