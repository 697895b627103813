import {
  ALERT_DETAILS,
  type AlertDetail,
  type AlertKind,
  BROKEN_CODES,
  GRAVITY,
  isAlertKind,
} from '@/lib/domain/alert/alert'
import { ERROR_CODES } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { type Amount, parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import en from '@/messages/en.json'
import fr from '@/messages/fr.json'
import { ALERT_WORDS, type AlertWords } from '@/lib/view/alert-words'
import { formatAmount, type NumberLocale } from '@/lib/view/format-amount'
import { formatClock } from '@/lib/view/format-time'
import { knownReason, namesReason } from '@/lib/view/reason'

/** An alert as the outbox holds it. */
export interface RawAlert {
  kind: string
  detail: unknown
  occurredAt: EpochMs
}

/** How a reader is spoken to. */
export interface Reader {
  locale: NumberLocale
  timeZone: string
}

/** One line of a message, and how grave it is (0 is the gravest). */
export interface AlertLine {
  text: string
  gravity: number
  /** The page that shows more. */
  path: string
}

const REASONS = { fr: fr.reason, en: en.reason }

const among = <T extends string>(list: readonly T[], text: string | null | undefined): T | undefined =>
  list.find((one) => one === text)

/** What a line says beside its time; parts that say nothing are left out. */
const join = (...parts: (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== '').join(' · ')

/** The engine's reasons in the reader's language; words it does not know stay as they are. */
function reasonOf(reason: string | null | undefined, locale: NumberLocale): string | null {
  if (reason === null || reason === undefined) return null
  const known = knownReason(reason)
  if (known === null) return reason.slice(0, 300)
  const { key, price } = known
  const name = (namesReason(key) ? reasonOf(known.name, locale) : known.name) ?? ''
  return REASONS[locale][key].replaceAll('{name}', name).replaceAll('{price}', price).slice(0, 300)
}

const codeOf = (code: string | null | undefined, words: AlertWords): string | null => {
  const known = among(ERROR_CODES, code)
  return known === undefined ? (code ?? null) : words.errorCode[known]
}

/** A price as people write it. */
const formatPrice = (price: Amount, locale: NumberLocale): string =>
  formatAmount(toWire(price.toSignificantDigits(8)), locale)

/** A sum: cents, or what says something where it is less than one. */
function formatSum(sum: Amount, locale: NumberLocale, isSigned = false): string {
  if (sum.abs().gte(1) || sum.isZero()) return formatAmount(toWire(sum), locale, { decimals: 2, isSigned })
  return formatAmount(toWire(sum.toSignificantDigits(4)), locale, { isSigned })
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

type Teller<K extends AlertKind> = (detail: AlertDetail<K>, words: AlertWords, reader: Reader) => string

const sourceOf = (source: string, origin: string | null | undefined, words: AlertWords): string => {
  const word = words.source[source] ?? source
  return origin ? `${word} « ${origin} »` : word
}

const TELLERS: { [K in AlertKind]: Teller<K> } = {
  FILL(fill, words, { locale }) {
    const [base = '', quote = ''] = fill.symbol.split('/')
    const quantity = parseDecimal(fill.quantity)
    const total = parseDecimal(fill.quoteQuantity)
    const price = quantity.isZero() ? ZERO : total.div(quantity)
    const purpose = words.purpose[fill.purpose]
    const pnl = fill.realizedPnl
    return join(
      `${words.done[fill.side]}${purpose === undefined ? '' : ` (${purpose})`} ${formatAmount(toWire(quantity), locale)} ${base}` +
        ` ${words.at} ${formatPrice(price, locale)} = ${formatSum(total, locale)} ${quote}`,
      fill.isComplete ? null : words.partial,
      pnl === null || pnl === undefined || fill.side === 'BUY'
        ? null
        : `${words.pnl} ${formatSum(parseDecimal(pnl), locale, true)} ${quote}`,
      sourceOf(fill.source, fill.origin, words),
      fill.broker,
    )
  },
  ORDER_FAILED(order, words, { locale }) {
    const size = order.quantity ? `${formatAmount(toWire(parseDecimal(order.quantity)), locale)} ` : ''
    const purpose = words.purpose[order.purpose]
    return join(
      `${words.failed}${words.colon}${words.side[order.side]}${purpose === undefined ? '' : ` (${purpose})`} ${size}${order.symbol}`,
      codeOf(order.code, words),
      reasonOf(order.reason, locale),
      sourceOf(order.source, order.origin, words),
      order.broker,
    )
  },
  UNPROTECTED: (position, words, { locale }) =>
    join(
      `${words.unprotected}${words.colon}${position.symbol}`,
      codeOf(position.code, words),
      reasonOf(position.reason, locale),
      sourceOf(position.source, position.origin, words),
      position.broker,
    ),
  WEBHOOK_FAILED(webhook, words, { locale }) {
    const { failed, late, unreadable } = words.webhook
    const what = webhook.status === 'LATE' ? late : webhook.status === 'UNREADABLE' ? unreadable : failed
    return join(what, join(webhook.action, webhook.symbol, webhook.source), reasonOf(webhook.reason, locale))
  },
  WEBHOOK_MISSED: (webhook, words, { timeZone }) =>
    join(words.webhook.missed, nameOf(webhook, words), `${words.due} ${formatClock(webhook.dueAt, timeZone)}`),
  WEBHOOK_SILENT: (webhook, words) => join(words.webhook.silent, nameOf(webhook, words), `MISS × ${webhook.inRow}`),
  WEBHOOK_FLOOD: (_, words) => words.webhook.flood,
  STRATEGY_FAILED: (run, words, { locale }) =>
    join(
      `${words.strategy} « ${run.strategy} »`,
      `${run.symbol} ${run.timeframe}`,
      reasonOf(run.reason, locale),
      run.broker,
    ),
  BALANCE: (check, words) => join(words.balance, check.differences.slice(0, 300), check.broker),
  BROKER(broker, words, { locale }) {
    const since = broker.forSeconds ? `${words.during} ${duration(broker.forSeconds)}` : null
    return join(
      `${broker.isBack ? words.broker.back : words.broker.away}${words.colon}${broker.broker}`,
      since,
      broker.isBack ? null : reasonOf(broker.reason, locale),
    )
  },
  PROCESS: (process, words) =>
    join(
      `${words.process[process.state]}${words.colon}${process.name}`,
      process.forSeconds ? `${words.during} ${duration(process.forSeconds)}` : null,
    ),
  MARKET: (market, words) =>
    join(
      `${words.marketTrouble}${words.colon}${words.market[market.code] ?? market.code}`,
      market.symbols,
      market.count ? `× ${market.count}` : null,
    ),
  NOTIFIER(channel, words, { locale }) {
    const code = among(BROKEN_CODES, channel.code)
    return join(
      `${words.notifier[channel.state]}${words.colon}${channel.channel} (${words.service[channel.service]})`,
      code === undefined ? null : words.brokenCode[code],
      // The other codes say all there is to say.
      code === undefined || code === 'REFUSED' ? reasonOf(channel.reason, locale) : null,
    )
  },
}

type Source = Pick<AlertDetail<'WEBHOOK_MISSED'>, 'source' | 'symbol' | 'interval' | 'brokerNumber'>

const nameOf = ({ source, symbol, interval, brokerNumber }: Source, words: AlertWords): string =>
  join(source, symbol, interval, typeof brokerNumber === 'number' ? `${words.account}${brokerNumber}` : null)

const PATHS: Record<AlertKind, string> = {
  FILL: '/bots',
  ORDER_FAILED: '/bots',
  UNPROTECTED: '/webhooks',
  WEBHOOK_FAILED: '/webhooks',
  WEBHOOK_MISSED: '/webhooks',
  WEBHOOK_SILENT: '/webhooks',
  WEBHOOK_FLOOD: '/webhooks',
  STRATEGY_FAILED: '/bots',
  BALANCE: '/account',
  BROKER: '/account',
  PROCESS: '/heartbeat',
  MARKET: '/heartbeat',
  NOTIFIER: '/account',
}

function pathOf(kind: AlertKind, detail: unknown): string {
  const source = typeof detail === 'object' && detail !== null && 'source' in detail ? detail.source : null
  const isOfOrder = kind === 'FILL' || kind === 'ORDER_FAILED' || kind === 'UNPROTECTED'
  if (!isOfOrder) return PATHS[kind]
  return source === 'STRATEGY' ? '/bots' : '/webhooks'
}

const oneLine = (text: string): string => text.replace(/\s+/g, (space) => (/[\n\r\t]/.test(space) ? ' ' : space))

/** One alert as a line. One whose detail is of another make (an older version's) is told by its kind alone: nothing is held back. */
export function alertLine({ kind, detail, occurredAt }: RawAlert, reader: Reader): AlertLine {
  const time = formatClock(occurredAt, reader.timeZone)
  if (!isAlertKind(kind)) return { text: `${time}  ${kind}`, gravity: 2, path: '/' }
  const told = tell(kind, detail, reader) ?? kind
  return { text: `${time}  ${oneLine(told)}`, gravity: GRAVITY[kind], path: pathOf(kind, detail) }
}

function tell(kind: AlertKind, detail: unknown, reader: Reader): string | null {
  const parsed = ALERT_DETAILS[kind].safeParse(detail)
  // The kind names the detail's shape and the teller at once; the compiler cannot follow that.
  const teller = TELLERS[kind] as (detail: unknown, words: AlertWords, reader: Reader) => string
  return parsed.success ? teller(parsed.data, ALERT_WORDS[reader.locale], reader) : null
}

/** Executions of one order that came apart, as one: sums, and the last word on result and end. */
export function mergeFills(alerts: readonly RawAlert[]): RawAlert[] {
  const merged: RawAlert[] = []
  const places = new Map<string, number>()
  for (const alert of alerts) {
    const fill = alert.kind === 'FILL' ? ALERT_DETAILS.FILL.safeParse(alert.detail) : null
    if (!fill?.success) {
      merged.push(alert)
      continue
    }
    const place = places.get(fill.data.clientOrderId)
    const earlier = place === undefined ? null : ALERT_DETAILS.FILL.parse(merged[place]?.detail)
    if (place === undefined || earlier === null) {
      places.set(fill.data.clientOrderId, merged.length)
      merged.push(alert)
      continue
    }
    const sum = (key: 'quantity' | 'quoteQuantity') =>
      toWire(parseDecimal(earlier[key]).plus(parseDecimal(fill.data[key])))
    merged[place] = {
      ...alert,
      detail: { ...fill.data, quantity: sum('quantity'), quoteQuantity: sum('quoteQuantity') },
    }
  }
  return merged
}
