-- What can never be true is refused here, whatever the code does. Partial uniqueness is written as EXCLUDE constraints,
-- because Prisma Migrate leaves those alone, while it would want to drop indexes that its schema language cannot state.

-- Limits that hold under concurrent requests: the lock makes the sixth of six simultaneous sign-ups see the other five.
CREATE FUNCTION refuse_sixth_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4210001);
  IF (SELECT count(*) FROM users) >= 5 THEN
    RAISE EXCEPTION 'USER_LIMIT: at most 5 users' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER users_limit BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION refuse_sixth_user();

CREATE FUNCTION refuse_twenty_first_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(4210002);
  IF NEW.is_active AND (SELECT count(*) FROM active_strategies WHERE is_active AND id <> NEW.id) >= 20 THEN
    RAISE EXCEPTION 'RUN_LIMIT: at most 20 active strategies' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER active_strategies_limit BEFORE INSERT OR UPDATE OF is_active ON active_strategies
  FOR EACH ROW WHEN (NEW.is_active) EXECUTE FUNCTION refuse_twenty_first_run();

-- A run trades its own user's strategy on its own user's broker; so does an order.
CREATE FUNCTION refuse_foreign_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM brokers WHERE id = NEW.broker_id AND user_id = NEW.user_id) THEN
    RAISE EXCEPTION 'FOREIGN_BROKER: the broker belongs to another user' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER active_strategies_owner BEFORE INSERT OR UPDATE OF broker_id, user_id ON active_strategies
  FOR EACH ROW EXECUTE FUNCTION refuse_foreign_owner();
CREATE TRIGGER trades_owner BEFORE INSERT OR UPDATE OF broker_id, user_id ON trades
  FOR EACH ROW EXECUTE FUNCTION refuse_foreign_owner();

-- Facts are appended, never edited.
CREATE FUNCTION refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are facts and are never edited', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER order_events_append_only BEFORE UPDATE ON order_events FOR EACH ROW EXECUTE FUNCTION refuse_edit();
CREATE TRIGGER fills_append_only BEFORE UPDATE OF client_order_id, broker_id, symbol, exchange_trade_id,
  exchange_order_id, side, price, quantity, quote_quantity, fee, fee_asset, trade_time ON fills
  FOR EACH ROW EXECUTE FUNCTION refuse_edit();

ALTER TABLE users
  ADD CONSTRAINT users_name_form CHECK (name ~ '^\S(.{0,62}\S)?$'),
  ADD CONSTRAINT users_name_once EXCLUDE USING btree (lower(name) WITH =);

ALTER TABLE brokers
  ADD CONSTRAINT brokers_one_default EXCLUDE USING btree (user_id WITH =) WHERE (is_default),
  ADD CONSTRAINT brokers_testnet CHECK (is_testnet = (environment = 'TESTNET'));

ALTER TABLE exchange_symbols
  ADD CONSTRAINT exchange_symbols_sizes CHECK (tick_size >= 0 AND step_size >= 0 AND min_quantity >= 0 AND min_notional >= 0);

ALTER TABLE candles ADD CONSTRAINT candles_shape CHECK (
  low <= open AND low <= close AND high >= open AND high >= close AND low > 0 AND volume >= 0 AND open_time < close_time);
ALTER TABLE candles_heartbeat ADD CONSTRAINT candles_heartbeat_shape CHECK (
  low <= open AND low <= close AND high >= open AND high >= close AND low > 0 AND volume >= 0 AND open_time < close_time);

ALTER TABLE active_strategies ADD CONSTRAINT active_strategies_timeframe CHECK (
  timeframe IN ('1m', '3m', '5m', '10m', '15m', '1h', '2h', '4h'));

ALTER TABLE trades
  ADD CONSTRAINT trades_client_order_id CHECK (client_order_id ~ '^[A-Za-z0-9_-]{1,40}$'),
  ADD CONSTRAINT trades_amount CHECK (
    (quantity IS NULL) <> (quote_quantity IS NULL) AND (quantity IS NULL OR quantity > 0)
    AND (quote_quantity IS NULL OR (quote_quantity > 0 AND type = 'MARKET'))),
  ADD CONSTRAINT trades_limit_price CHECK (
    CASE WHEN type IN ('LIMIT', 'STOP_LIMIT', 'TAKE_PROFIT_LIMIT') THEN limit_price > 0 ELSE true END),
  ADD CONSTRAINT trades_stop_price CHECK (
    CASE WHEN type IN ('STOP_MARKET', 'STOP_LIMIT', 'TAKE_PROFIT_MARKET') THEN stop_price > 0 ELSE true END),
  ADD CONSTRAINT trades_filled CHECK (
    filled_quantity >= 0 AND filled_quote_quantity >= 0 AND (quantity IS NULL OR filled_quantity <= quantity)),
  -- Sent means the intent stands here with a time; an order the exchange answered carries its time as well.
  ADD CONSTRAINT trades_submitted CHECK (status IN ('INITIALIZED', 'DENIED') OR submitted_at IS NOT NULL OR source = 'EXTERNAL'),
  ADD CONSTRAINT trades_denied_reason CHECK (status NOT IN ('DENIED', 'REJECTED') OR error_message IS NOT NULL),
  -- One live order for each purpose of a position: no second entry, exit, stop or target, whoever asks.
  ADD CONSTRAINT trades_one_live_purpose EXCLUDE USING btree (position_id WITH =, purpose WITH =)
    WHERE (run_id IS NOT NULL AND purpose <> 'OTHER'
      AND status NOT IN ('DENIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FILLED')),
  -- One entry for each decision, for ever: a signal handled twice cannot buy twice.
  ADD CONSTRAINT trades_one_entry_per_decision EXCLUDE USING btree (decision_id WITH =) WHERE (purpose = 'ENTRY'),
  -- One order for each webhook and purpose.
  ADD CONSTRAINT trades_one_order_per_webhook EXCLUDE USING btree (webhook_id WITH =, purpose WITH =);

ALTER TABLE fills ADD CONSTRAINT fills_amounts CHECK (price > 0 AND quantity > 0 AND quote_quantity >= 0);

ALTER TABLE positions
  ADD CONSTRAINT positions_not_negative CHECK (quantity >= 0 AND cost >= 0 AND average_entry_price >= 0),
  ADD CONSTRAINT positions_one_per_account EXCLUDE USING btree (broker_id WITH =, symbol WITH =) WHERE (run_id IS NULL);

ALTER TABLE round_trips
  ADD CONSTRAINT round_trips_one_open EXCLUDE USING btree (position_id WITH =) WHERE (closed_at IS NULL);

ALTER TABLE webhook_tokens
  ADD CONSTRAINT webhook_tokens_one_live EXCLUDE USING btree (user_id WITH =) WHERE (revoked_at IS NULL);

ALTER TABLE webhooks
  ADD CONSTRAINT webhooks_size_percent CHECK (size_percent IS NULL OR (size_percent >= 0 AND size_percent <= 100)),
  -- Of several deliveries of one alert, one alone is not a duplicate.
  ADD CONSTRAINT webhooks_executed_once EXCLUDE USING btree (user_id WITH =, dedupe_key WITH =)
    WHERE (dedupe_key IS NOT NULL AND status <> 'DUPLICATE');

ALTER TABLE debug_mode ADD CONSTRAINT debug_mode_single_row CHECK (id = 1);
ALTER TABLE alerts ADD CONSTRAINT alerts_code_form CHECK (code ~ '^[A-Z0-9_]+$');
