import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal } from '@/lib/domain/money/decimal'
import { type AlertValue, AlertSyntaxError, readAlertText } from '@/lib/domain/signal/alert-text'

type AlertAction = 'BUY_MARKET' | 'SELL_MARKET' | 'BUY_LIMIT' | 'SELL_LIMIT' | 'UPDATE_EXITS' | 'PING'

const ACTION_WORDS: Record<string, AlertAction> = {
  buymarket: 'BUY_MARKET',
  sellmarket: 'SELL_MARKET',
  buylimit: 'BUY_LIMIT',
  selllimit: 'SELL_LIMIT',
  maj: 'UPDATE_EXITS',
  ping: 'PING',
}

/** A TradingView alert as it was understood. Absent fields are null. */
export interface WebhookAlert {
  /** Null when the word is none of ours: stored, shown, and nothing is done. */
  action: AlertAction | null
  actionText: string
  /** As TradingView writes it, `BTCUSDT` or `BINANCE:BTCUSDT`. */
  ticker: string | null
  exchange: string | null
  quoteAsset: string | null
  baseAsset: string | null
  interval: string | null
  barTime: EpochMs | null
  /** Share of the free funds, 0 to 100. */
  sizePercent: Amount | null
  price: Amount | null
  stopLossPrice: Amount | null
  takeProfitPrice: Amount | null
  userRef: string | null
  /** The number of the user's broker. */
  brokerNumber: number | null
  /** The alert's own name, by which it is audited and deduplicated. */
  source: string | null
  fields: Record<string, AlertValue>
}

export class UnreadableAlert extends Error {
  override name = 'UnreadableAlert'
}

const textOf = (value: AlertValue | undefined): string | null => {
  if (value === undefined || value === null) return null
  const text = String(value).trim()
  return text === '' || /^(nan|na)$/i.test(text) ? null : text
}

/** `BTC/USDT` from the parts an alert carries, null when they do not tell. */
export function symbolOf(alert: Pick<WebhookAlert, 'ticker' | 'baseAsset' | 'quoteAsset'>): string | null {
  const base = alert.baseAsset?.toUpperCase()
  const quote = alert.quoteAsset?.toUpperCase()
  if (base && quote) return `${base}/${quote}`
  const ticker = (alert.ticker ?? '').toUpperCase().replace(/^[A-Z0-9_]+:/, '')
  if (ticker.includes('/')) return ticker
  const known = quote ?? ['USDT', 'USDC', 'FDUSD', 'BTC', 'ETH', 'BNB', 'EUR'].find((asset) => ticker.endsWith(asset))
  if (!known || !ticker.endsWith(known) || ticker.length === known.length) return null
  return `${ticker.slice(0, -known.length)}/${known}`
}

function instantOf(text: string | null, name: string): EpochMs | null {
  if (text === null) return null
  if (/^\d{13}$/.test(text)) return parseDecimal(text).toNumber()
  if (/^\d{10}$/.test(text)) return parseDecimal(text).times(1000).toNumber()
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new UnreadableAlert(`${name} is not a time: ${text.slice(0, 40)}`)
  return time
}

/**
 * Reads a TradingView message (SPEC WH-3). Throws UnreadableAlert with a sentence naming the field.
 * Field names are compared without regard to case.
 */
export function readWebhookAlert(body: string): WebhookAlert {
  let fields: Record<string, AlertValue>
  try {
    fields = readAlertText(body)
  } catch (error) {
    if (error instanceof AlertSyntaxError) throw new UnreadableAlert(`The message cannot be read: ${error.message}.`)
    throw error
  }
  const byName = new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  const text = (name: string): string | null => {
    const value = textOf(byName.get(name.toLowerCase()))
    if (value !== null && /^\{\{.*\}\}$/.test(value))
      throw new UnreadableAlert(`${name} holds ${value}, a placeholder that TradingView did not replace.`)
    return value
  }
  const amount = (name: string): Amount | null => {
    const value = text(name)
    if (value === null) return null
    try {
      return parseDecimal(value)
    } catch {
      throw new UnreadableAlert(`${name} is not a number: ${value.slice(0, 40)}`)
    }
  }
  const positive = (name: string): Amount | null => {
    const value = amount(name)
    if (value !== null && value.lte(0))
      throw new UnreadableAlert(`${name} must be above zero, it is ${value.toFixed()}.`)
    return value
  }
  const actionText = text('Action')
  if (actionText === null) throw new UnreadableAlert('Action is missing.')
  const sizePercent = amount('PourCent')
  if (sizePercent !== null && (sizePercent.lt(0) || sizePercent.gt(100)))
    throw new UnreadableAlert(`PourCent must lie between 0 and 100, it is ${sizePercent.toFixed()}.`)
  const number = text('UserExchangeID')
  if (number !== null && !/^\d{1,9}$/.test(number))
    throw new UnreadableAlert(`UserExchangeID is not a broker's number: ${number.slice(0, 40)}`)
  return {
    action: ACTION_WORDS[actionText.toLowerCase()] ?? null,
    actionText,
    ticker: text('Symbol'),
    exchange: text('Exchange'),
    quoteAsset: text('Currency'),
    baseAsset: text('BaseCurrency'),
    interval: text('Interval'),
    barTime: instantOf(text('BarTime'), 'BarTime'),
    sizePercent,
    price: positive('Prix'),
    stopLossPrice: positive('PrixSL'),
    takeProfitPrice: positive('PrixTP'),
    userRef: text('UserID'),
    brokerNumber: number === null ? null : parseDecimal(number).toNumber(),
    source: text('IndicateurName'),
    fields,
  }
}

const INTERVAL_UNITS: Record<string, number> = { S: 1000, '': 60_000, H: 3_600_000, D: 86_400_000, W: 604_800_000 }
const DEFAULT_MAX_AGE_MS = 300_000

/** Length of a TradingView interval (`5`, `60`, `15S`, `4H`, `1D`, `W`), null when it is not one. */
export function intervalMs(interval: string | null): number | null {
  const match = /^(\d{0,4})([SHDW]?)$/.exec((interval ?? '').toUpperCase())
  if (!match || interval === null || interval === '') return null
  const unit = INTERVAL_UNITS[match[2] ?? '']
  const count = match[1] === '' || match[1] === undefined ? 1 : parseDecimal(match[1]).toNumber()
  return unit === undefined || count === 0 ? null : unit * count
}

/** How old an alert may be before it is stored and not executed: half its interval, at most five minutes. */
export const maxAgeMs = (interval: string | null): number =>
  Math.min((intervalMs(interval) ?? DEFAULT_MAX_AGE_MS * 2) / 2, DEFAULT_MAX_AGE_MS)
