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
  return text === '' || /^(nan|na|null|none)$/i.test(text) ? null : text
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

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(Z|[+-]\d\d:\d\d)?$/i
const EARLIEST = Date.UTC(2000, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)

/** A time as TradingView and Pine scripts write it; UTC where it names no zone. NaN when it is none. */
function parseInstant(text: string): EpochMs {
  if (/^\d{13}$/.test(text)) return parseDecimal(text).toNumber()
  if (/^\d{10}$/.test(text)) return parseDecimal(text).times(1000).toNumber()
  const match = ISO.exec(text)
  if (match === null) return Number.NaN
  const [, day = '', time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match
  // 30 February is no day, although it can be counted from the first.
  if (Number.isNaN(Date.parse(day)) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day) return Number.NaN
  return Date.parse(`${day}T${time}:${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone.toUpperCase()}`)
}

function instantOf(text: string | null, name: string): EpochMs | null {
  if (text === null) return null
  const time = parseInstant(text)
  if (!(time >= EARLIEST && time < LATEST)) throw new UnreadableAlert(`${name} is not a time: ${text.slice(0, 40)}`)
  return time
}

/** What the ledger holds: 18 places on both sides of the point. Further places come from floating point. */
const PLACES = 18
const TOO_MUCH = parseDecimal('1e18')
/** Longer ones do not fit the indexes by which alerts are found again. */
const LONGEST_NAME = 200
const LONGEST_TEXT = 64

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
  const text = (name: string, longest = LONGEST_TEXT): string | null => {
    const value = textOf(byName.get(name.toLowerCase()))
    if (value === null) return null
    const placeholder = /\{\{[^{}]*\}\}/.exec(value)?.[0]
    if (placeholder !== undefined)
      throw new UnreadableAlert(
        `${name} holds ${placeholder.slice(0, 80)}, a placeholder that TradingView did not replace.`,
      )
    if (value.length > longest) throw new UnreadableAlert(`${name} has more than ${longest} characters.`)
    return value
  }
  const amount = (name: string): Amount | null => {
    const value = text(name)
    if (value === null) return null
    let number: Amount
    try {
      number = parseDecimal(value).toDecimalPlaces(PLACES)
    } catch {
      throw new UnreadableAlert(`${name} is not a number: ${value.slice(0, 40)}`)
    }
    if (number.abs().gte(TOO_MUCH)) throw new UnreadableAlert(`${name} is too large a number: ${value.slice(0, 40)}`)
    return number
  }
  // Scripts send every field: zero in one that their order has no use for says that there is none.
  const price = (name: string): Amount | null => {
    const value = amount(name)
    if (value === null || value.gt(0)) return value
    const given = text(name) ?? ''
    if (parseDecimal(given).isZero()) return null
    throw new UnreadableAlert(`${name} must be above zero, it is ${given.slice(0, 40)}.`)
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
    price: price('Prix'),
    stopLossPrice: price('PrixSL'),
    takeProfitPrice: price('PrixTP'),
    userRef: text('UserID', LONGEST_NAME),
    brokerNumber: number === null ? null : parseDecimal(number).toNumber(),
    source: text('IndicateurName', LONGEST_NAME),
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
