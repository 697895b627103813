import type { Credentials } from '@/lib/domain/account/broker'
import type { Transfer } from '@/lib/domain/account/transfer'
import { TradingError } from '@/lib/domain/errors/trading-error'
import type { EpochMs } from '@/lib/domain/market/timeframe'
import { mapDeposit, mapUniversalTransfer, mapWithdrawal } from '@/lib/exchanges/binance/map-transfer'
import type { BinanceRawClient } from '@/lib/exchanges/binance/raw-client'
import type { BinanceTransfer } from '@/lib/exchanges/binance/wallet-schemas'

/** At most so far between startTime and endTime of the wallet's histories. */
const SPAN_MS = 89 * 86_400_000
const PAGE = 1000
const TRANSFER_PAGE = 100

/** Between the spot account and the accounts that most users have beside it. */
const TRANSFER_TYPES = ['FUNDING_MAIN', 'MAIN_FUNDING', 'UMFUTURE_MAIN', 'MAIN_UMFUTURE']

type Span = Record<'startTime' | 'endTime', string>

/** Deposits, withdrawals and transfers of the spot wallet from a time on, oldest first. */
export async function readTransfers(
  raw: BinanceRawClient,
  credentials: Credentials,
  fromTime: EpochMs,
  now: EpochMs,
): Promise<Transfer[]> {
  const found: Transfer[] = []
  for (let start = fromTime; start <= now; start += SPAN_MS + 1) {
    const span = { startTime: start.toFixed(), endTime: Math.min(start + SPAN_MS, now + 60_000).toFixed() }
    const deposits = await pages((params) => raw.depositHistory(credentials, { ...span, ...params }))
    const withdrawals = await pages((params) => raw.withdrawHistory(credentials, { ...span, ...params }))
    found.push(...deposits.flatMap((row) => mapDeposit(row) ?? []), ...withdrawals.flatMap(mapWithdrawal))
    for (const type of TRANSFER_TYPES)
      found.push(...(await universal(raw, credentials, type, span)).flatMap((row) => mapUniversalTransfer(row) ?? []))
  }
  return found.sort((a, b) => a.time - b.time)
}

async function pages<Row>(read: (params: Record<'offset' | 'limit', string>) => Promise<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for (;;) {
    const page = await read({ offset: rows.length.toFixed(), limit: PAGE.toFixed() })
    rows.push(...page)
    if (page.length < PAGE) return rows
  }
}

/** A key without the right to look at transfers sees none: deposits and withdrawals are told all the same. */
async function universal(
  raw: BinanceRawClient,
  credentials: Credentials,
  type: string,
  span: Span,
): Promise<BinanceTransfer[]> {
  const rows: BinanceTransfer[] = []
  try {
    for (let current = 1; ; current += 1) {
      const params = { type, ...span, current: current.toFixed(), size: TRANSFER_PAGE.toFixed() }
      const page = (await raw.universalTransfers(credentials, params)).rows ?? []
      rows.push(...page)
      if (page.length < TRANSFER_PAGE) return rows
    }
  } catch (error) {
    if (error instanceof TradingError && error.code === 'PERMISSION') return rows
    throw error
  }
}
