/** The paper exchange's own truth. Amounts are decimal strings, times epoch ms; orders and executions whole, as JSON. */
export const SCHEMA = `
CREATE TABLE IF NOT EXISTS accounts (
  id INTEGER PRIMARY KEY, exchange TEXT NOT NULL, api_key TEXT NOT NULL UNIQUE, api_secret TEXT NOT NULL,
  api_passphrase TEXT, is_bnb_burn INTEGER NOT NULL, created_time INTEGER NOT NULL, updated_time INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS balances (
  account_id INTEGER NOT NULL, asset TEXT NOT NULL, free TEXT NOT NULL, locked TEXT NOT NULL,
  PRIMARY KEY (account_id, asset)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, symbol TEXT NOT NULL, client_order_id TEXT NOT NULL,
  list_id INTEGER, is_open INTEGER NOT NULL, created_time INTEGER NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS orders_by_client_id ON orders (account_id, symbol, client_order_id, id);
CREATE INDEX IF NOT EXISTS orders_by_symbol ON orders (account_id, symbol, id);
CREATE INDEX IF NOT EXISTS orders_by_list ON orders (list_id) WHERE list_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS orders_open ON orders (id) WHERE is_open = 1;
CREATE TABLE IF NOT EXISTS order_lists (
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, client_list_id TEXT NOT NULL, is_done INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS order_lists_by_client_id ON order_lists (account_id, client_list_id, id);
CREATE TABLE IF NOT EXISTS executions (
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, order_id INTEGER NOT NULL, symbol TEXT NOT NULL,
  time INTEGER NOT NULL, data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS executions_by_symbol ON executions (account_id, symbol, id);
CREATE INDEX IF NOT EXISTS executions_by_order ON executions (order_id, id);
`

/** Later additions, in order; `PRAGMA user_version` tells how many a store has. */
export const UPGRADES = [
  `ALTER TABLE accounts ADD COLUMN account_mode TEXT NOT NULL DEFAULT 'CLASSIC';
   ALTER TABLE accounts ADD COLUMN can_withdraw INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE accounts ADD COLUMN is_ip_restricted INTEGER NOT NULL DEFAULT 0;`,
  `CREATE TABLE conditions (
     id INTEGER PRIMARY KEY, exchange TEXT NOT NULL, account_id INTEGER NOT NULL, client_order_id TEXT NOT NULL,
     list_id INTEGER, is_open INTEGER NOT NULL, data TEXT NOT NULL
   ) STRICT;
   CREATE INDEX conditions_by_client_id ON conditions (account_id, client_order_id, id);
   CREATE INDEX conditions_by_list ON conditions (list_id) WHERE list_id IS NOT NULL;
   CREATE INDEX conditions_open ON conditions (exchange, id) WHERE is_open = 1;`,
  `CREATE TABLE transfers (
     id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, time INTEGER NOT NULL, data TEXT NOT NULL
   ) STRICT;
   CREATE INDEX transfers_by_account ON transfers (account_id, time);`,
]
