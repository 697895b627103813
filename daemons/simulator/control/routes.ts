import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { ACCOUNT_MODES, EXCHANGE_IDS } from '@/lib/domain/account/broker'
import { parseDecimal, toWire, ZERO } from '@/lib/domain/money/decimal'
import { carriesToken } from '@/lib/platform/control-token'
import type { Exchange } from '../exchange'
import type { MarketRequest } from '../market/select'
import { marketRequestSchema } from '../market/select'
import type { Account } from '../matching/account'
import { conditionToJson } from '../store/condition'
import { executionToJson, orderToJson } from '../store/rows'
import { isIncoming, TRANSFER_KINDS } from '../store/transfer'
import type { PaperProtocol } from '../paper-protocol'
import { type Faults, faultSchema } from './faults'

/** What the control interface acts on. */
export interface ControlledParts {
  exchange: Exchange
  faults: Faults
  protocols: PaperProtocol[]
  /** Replaces the market; resolves with what was found. */
  setMarket: (request: MarketRequest) => Promise<void>
  marketState: () => Record<string, unknown>
  disconnectStreams: () => void
  /** Opens the interface to processes of this installation that run on another host. */
  controlToken?: string | undefined
}

export interface ControlAnswer {
  status: number
  body: unknown
}

const amountText = z.string().regex(/^\d+(\.\d+)?$/, 'an amount is a plain decimal text')
const accountSchema = z.strictObject({
  exchange: z.enum(EXCHANGE_IDS).default('binance'),
  balances: z.record(z.string().regex(/^[A-Z0-9]+$/), amountText).default({}),
  /** Pays fees in BNB while there is enough. */
  bnbBurn: z.boolean().default(false),
  /** Which account system, at exchanges that have two. */
  accountMode: z.enum(ACCOUNT_MODES).default('CLASSIC'),
  /** What the key may do beside trading, for those who look before they accept it. */
  canWithdraw: z.boolean().default(false),
  isIpRestricted: z.boolean().default(false),
  /** PEM of an Ed25519 or RSA public key: the account then signs with the private half, as Binance's keys can. */
  publicKey: z.string().startsWith('-----BEGIN PUBLIC KEY-----').optional(),
})
const depositSchema = z.strictObject({ apiKey: z.string(), asset: z.string().regex(/^[A-Z0-9]+$/), amount: amountText })
const transferSchema = depositSchema.extend({
  kind: z.enum(TRANSFER_KINDS),
  fee: amountText.default('0'),
  /** Without a record nobody can tell where the funds came from or went. */
  isRecorded: z.boolean().default(true),
})
const priceSchema = z.strictObject({
  symbol: z.string(),
  price: amountText,
  /** Keeps the market exactly there until the next call. */
  hold: z.boolean().default(false),
})
/** Names as the exchange's protocol calls its limits (for Binance: weightPerMinute, ordersPer10s, ordersPerDay). */
const limitsSchema = z.strictObject({
  exchange: z.enum(EXCHANGE_IDS).default('binance'),
  limits: z.record(z.string(), z.number().positive()).optional(),
})

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

type Route = (parts: ControlledParts, body: unknown, query: URLSearchParams) => unknown

const ROUTES: Record<string, Route> = {
  'POST /_control/accounts': ({ exchange }, body) => {
    const { bnbBurn: isBnbBurn, ...asked } = accountSchema.parse(body)
    const { apiKey, apiSecret, apiPassphrase } = exchange.createAccount({ ...asked, isBnbBurn }).record
    return { apiKey, apiSecret, apiPassphrase }
  },
  'POST /_control/deposits': ({ exchange }, body) => {
    const { apiKey, asset, amount } = depositSchema.parse(body)
    const account = accountOf(exchange, apiKey)
    exchange.transfer(account, { kind: 'DEPOSIT', asset, amount: parseDecimal(amount), fee: ZERO })
    return {}
  },
  'POST /_control/transfers': ({ exchange }, body) => {
    const { apiKey, kind, asset, isRecorded, ...amounts } = transferSchema.parse(body)
    const account = accountOf(exchange, apiKey)
    const [amount, fee] = [parseDecimal(amounts.amount), parseDecimal(amounts.fee)]
    if (isRecorded) exchange.transfer(account, { kind, asset, amount, fee })
    else exchange.deposit(account, asset, isIncoming({ kind }) ? amount.minus(fee) : amount.plus(fee).negated())
    return {}
  },
  'GET /_control/ledger': ({ exchange }, _body, query) => ledgerOf(exchange, query.get('apiKey') ?? ''),
  'GET /_control/faults': ({ faults }) => faults.current,
  'PUT /_control/faults': ({ exchange, faults, disconnectStreams }, body) => {
    const { disconnectStreams: disconnects, ...settings } = faultSchema.parse(body)
    faults.replace(settings)
    exchange.fillLimit = settings.partialFills === undefined ? null : parseDecimal(String(settings.partialFills))
    if (disconnects === true) disconnectStreams()
    return faults.current
  },
  'GET /_control/market': ({ marketState }) => marketState(),
  'PUT /_control/market': async ({ setMarket, marketState }, body) => {
    await setMarket(marketRequestSchema.parse(body))
    return marketState()
  },
  'PUT /_control/price': ({ exchange }, body) => {
    const { symbol, price, hold } = priceSchema.parse(body)
    if (exchange.market.jump === undefined) throw new RangeError('only the synthetic market can be forced to a price')
    exchange.market.jump(symbol, price, hold)
    return { symbol, price: exchange.market.lastTrade(symbol)?.price }
  },
  // The counters start afresh; without limits the exchange's usual ones hold.
  'PUT /_control/limits': ({ protocols }, body) => {
    const { exchange, limits } = limitsSchema.parse(body)
    protocols.find(({ exchangeId }) => exchangeId === exchange)?.resetLimits(limits)
    return limits ?? {}
  },
}

function accountOf(exchange: Exchange, apiKey: string): Account {
  const account = exchange.accountOf(apiKey)
  if (account === undefined) throw new RangeError('no account has this key')
  return account
}

function ledgerOf(exchange: Exchange, apiKey: string) {
  const account = accountOf(exchange, apiKey)
  const { ledger, record } = account
  const balances = Object.fromEntries(
    ledger.assets().map((asset) => {
      const { free, locked } = ledger.of(asset)
      return [asset, { free: toWire(free), locked: toWire(locked) }]
    }),
  )
  return {
    balances,
    orders: [
      ...exchange.store.allOrders(record.id).map((order): unknown => JSON.parse(orderToJson(order))),
      // Stop orders kept beside the books; one that triggered is an order by now.
      ...exchange.store.restingConditions(record.id).map((condition) => ({
        ...(JSON.parse(conditionToJson(condition)) as object),
        status: condition.status === 'WAITING' ? 'ACCEPTED' : condition.status,
        filledQuantity: '0',
      })),
    ],
    fills: exchange.store.allExecutions(record.id).map((fill): unknown => JSON.parse(executionToJson(fill))),
  }
}

/** Answers a call under `/_control`, from loopback addresses and from processes that show the installation's token. */
export async function answerControl(
  parts: ControlledParts,
  request: IncomingMessage,
  body: string,
): Promise<ControlAnswer> {
  const { controlToken } = parts
  const isOurs = controlToken !== undefined && carriesToken(request.headers.authorization, controlToken)
  if (!isOurs && !LOOPBACK.has(request.socket.remoteAddress ?? ''))
    return { status: 403, body: { error: 'The control interface answers to loopback addresses only.' } }
  const url = new URL(request.url ?? '/', 'http://localhost')
  const route = ROUTES[`${request.method ?? 'GET'} ${url.pathname}`]
  if (route === undefined) return { status: 404, body: { error: `no ${request.method ?? ''} ${url.pathname}` } }
  try {
    const parsed: unknown = body === '' ? {} : JSON.parse(body)
    const answer = await route(parts, parsed, url.searchParams)
    await parts.exchange.settled()
    return { status: 200, body: answer }
  } catch (error) {
    const text =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)
    return { status: 400, body: { error: text } }
  }
}
