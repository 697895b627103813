import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import type { ExchangeId } from '@/lib/domain/account/broker'
import { parseDecimal, toWire } from '@/lib/domain/money/decimal'
import type { AccountRecord } from '../matching/account'
import { Account } from '../matching/account'
import type { Changes } from '../matching/changes'
import type { Counters } from '../matching/desk'
import type { Execution, Order, OrderList } from '../matching/order'
import { isOpen } from '../matching/order'
import { type Condition, conditionFromJson, conditionToJson } from './condition'
import { executionFromJson, executionToJson, listFromJson, orderFromJson, orderToJson } from './rows'
import { SCHEMA, UPGRADES } from './schema'
import { type TransferRecord, transferFromJson, transferToJson } from './transfer'

export interface Restored {
  accounts: Account[]
  orders: Order[]
  lists: OrderList[]
  counters: Counters
}

/** Bounds of a history query; absent ones do not restrict. Times in epoch ms, ids inclusive. */
export interface HistoryRange {
  fromId?: number | undefined
  from?: number | undefined
  to?: number | undefined
  limit: number
}

/** Bounds of a query that answers the newest first. Times in epoch ms, inclusive. */
export interface NewestRange {
  symbol?: string | undefined
  beforeId?: number | undefined
  from?: number | undefined
  to?: number | undefined
  limit: number
}

const CHUNK = 200

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TypeError('the store holds something that is not text')
  return value
}

/**
 * The exchange's memory, in SQLite. What the commands of one turn of the event loop changed is one transaction, and
 * nothing of it is answered or announced before its commit. WAL without a sync per commit: what was answered survives
 * the end of the process in any way (not a power cut).
 */
export class SimulatorStore {
  private readonly db: DatabaseSync
  private readonly prepared = new Map<string, StatementSync>()
  private isInTransaction = false

  /** Opens (and where needed creates) `<dataDir>/simulator.sqlite`; ':memory:' keeps nothing. */
  constructor(dataDir: string) {
    if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true })
    this.db = new DatabaseSync(dataDir === ':memory:' ? dataDir : join(dataDir, 'simulator.sqlite'))
    this.db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000; PRAGMA wal_autocheckpoint = 8000;',
    )
    this.db.exec(SCHEMA)
    const version = Number(this.db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
    for (const [index, upgrade] of UPGRADES.entries())
      if (index >= version) this.db.exec(`BEGIN; ${upgrade} PRAGMA user_version = ${index + 1}; COMMIT;`)
  }

  close(): void {
    this.commit()
    this.db.close()
  }

  addAccount(account: AccountRecord): void {
    const { id, exchange, apiKey, apiSecret, apiPassphrase, isBnbBurn, createdTime } = account
    this.run(
      'INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      exchange,
      apiKey,
      apiSecret,
      apiPassphrase,
      isBnbBurn ? 1 : 0,
      createdTime,
      createdTime,
      account.accountMode,
      account.canWithdraw ? 1 : 0,
      account.isIpRestricted ? 1 : 0,
    )
  }

  /** Writes everything that one command changed; it is kept with the next `commit()`. */
  write(changes: Changes): void {
    if (!this.isInTransaction) this.run('BEGIN')
    this.isInTransaction = true
    for (const order of changes.orders)
      this.run(
        'INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, client_order_id = excluded.client_order_id, data = excluded.data',
        order.id,
        order.accountId,
        order.symbol,
        order.clientOrderId,
        order.listId,
        isOpen(order) ? 1 : 0,
        order.createdTime,
        orderToJson(order),
      )
    for (const list of changes.lists)
      this.run(
        'INSERT INTO order_lists VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET is_done = excluded.is_done, data = excluded.data',
        list.id,
        list.accountId,
        list.clientListId,
        list.isDone ? 1 : 0,
        JSON.stringify(list),
      )
    for (const fill of changes.executions)
      this.run(
        'INSERT INTO executions VALUES (?, ?, ?, ?, ?, ?)',
        fill.id,
        fill.accountId,
        fill.orderId,
        fill.symbol,
        fill.time,
        executionToJson(fill),
      )
    for (const { accountId, asset, free, locked } of changes.balances)
      this.run('INSERT OR REPLACE INTO balances VALUES (?, ?, ?, ?)', accountId, asset, toWire(free), toWire(locked))
  }

  /** Ends the transaction under way, if there is one. */
  commit(): void {
    if (!this.isInTransaction) return
    this.isInTransaction = false
    this.run('COMMIT')
  }

  /** Accounts, balances and what is open, as after the last command that was answered. */
  restore(): Restored {
    const accounts = this.all('SELECT * FROM accounts ORDER BY id').map((row) => {
      const account = new Account({
        id: Number(row['id']),
        exchange: text(row['exchange']) as AccountRecord['exchange'],
        apiKey: text(row['api_key']),
        apiSecret: text(row['api_secret']),
        apiPassphrase: row['api_passphrase'] === null ? null : text(row['api_passphrase']),
        isBnbBurn: row['is_bnb_burn'] === 1,
        accountMode: text(row['account_mode']) as AccountRecord['accountMode'],
        canWithdraw: row['can_withdraw'] === 1,
        isIpRestricted: row['is_ip_restricted'] === 1,
        createdTime: Number(row['created_time']),
      })
      for (const funds of this.all('SELECT * FROM balances WHERE account_id = ?', account.record.id))
        account.ledger.move(
          text(funds['asset']),
          parseDecimal(text(funds['free'])),
          parseDecimal(text(funds['locked'])),
        )
      account.ledger.takeTouched()
      return account
    })
    const highest = (table: string) =>
      Number(this.all(`SELECT coalesce(max(id), 0) AS id FROM ${table}`)[0]?.['id'] ?? 0)
    return {
      accounts,
      orders: this.orders('SELECT data FROM orders WHERE is_open = 1 ORDER BY id'),
      lists: this.lists('SELECT data FROM order_lists WHERE is_done = 0 ORDER BY id'),
      counters: { orderId: highest('orders'), listId: highest('order_lists'), tradeId: highest('executions') },
    }
  }

  order(accountId: number, id: number): Order | undefined {
    return this.orders('SELECT data FROM orders WHERE id = ? AND account_id = ?', id, accountId)[0]
  }

  /** The newest order with that client id: the exchange keeps them unique among open orders only. */
  orderByClientId(accountId: number, symbol: string, clientOrderId: string): Order | undefined {
    return this.orders(
      'SELECT data FROM orders WHERE account_id = ? AND symbol = ? AND client_order_id = ? ORDER BY id DESC LIMIT 1',
      accountId,
      symbol,
      clientOrderId,
    )[0]
  }

  /** Orders of one pair, oldest first; without bounds the newest ones. */
  orderHistory(accountId: number, symbol: string, range: HistoryRange): Order[] {
    return this.range('orders', 'created_time', accountId, symbol, range).map(orderFromJson)
  }

  /** Orders with that client id on any pair, newest first. */
  ordersByClientId(accountId: number, clientOrderId: string): Order[] {
    return this.orders(
      'SELECT data FROM orders WHERE account_id = ? AND client_order_id = ? ORDER BY id DESC',
      accountId,
      clientOrderId,
    )
  }

  /** Orders that `fits` accepts, of all pairs or one, newest first. */
  newestOrders(accountId: number, range: NewestRange, fits: (order: Order) => boolean): Order[] {
    const found: Order[] = []
    for (let beforeId = range.beforeId; found.length < range.limit; ) {
      const chunk = this.newest('orders', 'created_time', accountId, { ...range, beforeId, limit: CHUNK }).map(
        orderFromJson,
      )
      found.push(...chunk.filter(fits))
      beforeId = chunk.at(-1)?.id
      if (beforeId === undefined || chunk.length < CHUNK) break
    }
    return found.slice(0, range.limit)
  }

  newestExecutions(accountId: number, range: NewestRange): Execution[] {
    return this.newest('executions', 'time', accountId, range).map(executionFromJson)
  }

  executionHistory(accountId: number, symbol: string, range: HistoryRange): Execution[] {
    return this.range('executions', 'time', accountId, symbol, range).map(executionFromJson)
  }

  executionsOf(orderId: number): Execution[] {
    return this.data('SELECT data FROM executions WHERE order_id = ? ORDER BY id', orderId).map(executionFromJson)
  }

  list(accountId: number, id: number): OrderList | undefined {
    return this.lists('SELECT data FROM order_lists WHERE id = ? AND account_id = ?', id, accountId)[0]
  }

  listByClientId(accountId: number, clientListId: string): OrderList | undefined {
    return this.lists(
      'SELECT data FROM order_lists WHERE account_id = ? AND client_list_id = ? ORDER BY id DESC LIMIT 1',
      accountId,
      clientListId,
    )[0]
  }

  listHistory(accountId: number, limit: number): OrderList[] {
    return this.lists(
      'SELECT data FROM order_lists WHERE account_id = ? ORDER BY id DESC LIMIT ?',
      accountId,
      limit,
    ).reverse()
  }

  allOrders(accountId: number): Order[] {
    return this.orders('SELECT data FROM orders WHERE account_id = ? ORDER BY id', accountId)
  }

  allExecutions(accountId: number): Execution[] {
    return this.data('SELECT data FROM executions WHERE account_id = ? ORDER BY id', accountId).map(executionFromJson)
  }

  private newest(table: string, timeColumn: string, accountId: number, range: NewestRange): string[] {
    const { symbol, beforeId, from, to, limit } = range
    const sql = `SELECT data FROM ${table} WHERE account_id = ? AND (? IS NULL OR symbol = ?) AND id < ? AND ${timeColumn} >= ? AND ${timeColumn} <= ? ORDER BY id DESC LIMIT ?`
    const last = Number.MAX_SAFE_INTEGER
    return this.data(sql, accountId, symbol ?? null, symbol ?? null, beforeId ?? last, from ?? 0, to ?? last, limit)
  }

  /** Keeps a conditional order that waits outside the books, with what else this turn changes. */
  putCondition(exchange: ExchangeId, condition: Condition): void {
    this.run(
      'INSERT OR REPLACE INTO conditions VALUES (?, ?, ?, ?, ?, ?, ?)',
      condition.id,
      exchange,
      condition.accountId,
      condition.clientOrderId,
      condition.listId,
      condition.status === 'WAITING' ? 1 : 0,
      conditionToJson(condition),
    )
  }

  waitingConditions(exchange: ExchangeId): Condition[] {
    return this.conditions('SELECT data FROM conditions WHERE exchange = ? AND is_open = 1 ORDER BY id', exchange)
  }

  condition(accountId: number, id: number): Condition | undefined {
    return this.conditions('SELECT data FROM conditions WHERE id = ? AND account_id = ?', id, accountId)[0]
  }

  conditionsByClientId(accountId: number, clientOrderId: string): Condition[] {
    const where = 'account_id = ? AND client_order_id = ?'
    return this.conditions(`SELECT data FROM conditions WHERE ${where} ORDER BY id`, accountId, clientOrderId)
  }

  conditionsOfList(accountId: number, listId: number): Condition[] {
    const where = 'account_id = ? AND list_id = ?'
    return this.conditions(`SELECT data FROM conditions WHERE ${where} ORDER BY id`, accountId, listId)
  }

  /** All that never became an order, oldest first. */
  restingConditions(accountId: number): Condition[] {
    return this.conditions('SELECT data FROM conditions WHERE account_id = ? ORDER BY id', accountId).filter(
      ({ status }) => status !== 'TRIGGERED',
    )
  }

  /** Highest ids given so far. */
  conditionCounters(): { id: number; listId: number } {
    const row = this.all('SELECT coalesce(max(id), 0) AS id, coalesce(max(list_id), 0) AS list FROM conditions')[0]
    return { id: Number(row?.['id'] ?? 0), listId: Number(row?.['list'] ?? 0) }
  }

  /** Keeps a record of a transfer, with what else this turn changes. */
  addTransfer(transfer: Omit<TransferRecord, 'id'>): void {
    const id = Number(this.all('SELECT coalesce(max(id), 0) + 1 AS id FROM transfers')[0]?.['id'] ?? 1)
    const { accountId, time } = transfer
    this.run('INSERT INTO transfers VALUES (?, ?, ?, ?)', id, accountId, time, transferToJson({ ...transfer, id }))
  }

  /** Transfers of an account between two times, oldest first. */
  transfers(accountId: number, from: number, to: number): TransferRecord[] {
    const where = 'account_id = ? AND time >= ? AND time <= ?'
    return this.data(`SELECT data FROM transfers WHERE ${where} ORDER BY time, id`, accountId, from, to).map(
      transferFromJson,
    )
  }

  private conditions(sql: string, ...values: SQLInputValue[]): Condition[] {
    return this.data(sql, ...values).map(conditionFromJson)
  }

  private range(table: string, timeColumn: string, accountId: number, symbol: string, range: HistoryRange): string[] {
    const { fromId, from, to, limit } = range
    const isForward = fromId !== undefined || from !== undefined
    const sql = `SELECT data FROM ${table} WHERE account_id = ? AND symbol = ? AND id >= ? AND ${timeColumn} >= ? AND ${timeColumn} <= ? ORDER BY id ${isForward ? 'ASC' : 'DESC'} LIMIT ?`
    const rows = this.data(sql, accountId, symbol, fromId ?? 0, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, limit)
    return isForward ? rows : rows.reverse()
  }

  private orders(sql: string, ...values: SQLInputValue[]): Order[] {
    return this.data(sql, ...values).map(orderFromJson)
  }

  private lists(sql: string, ...values: SQLInputValue[]): OrderList[] {
    return this.data(sql, ...values).map(listFromJson)
  }

  private data(sql: string, ...values: SQLInputValue[]): string[] {
    return this.all(sql, ...values).map((row) => text(row['data']))
  }

  private all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.statement(sql).all(...values)
  }

  private run(sql: string, ...values: SQLInputValue[]): void {
    this.statement(sql).run(...values)
  }

  private statement(sql: string): StatementSync {
    let statement = this.prepared.get(sql)
    if (statement === undefined) this.prepared.set(sql, (statement = this.db.prepare(sql)))
    return statement
  }
}
