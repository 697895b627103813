-- Funds of accounts as the gateway last read them, so that a webhook's order is sized without asking the exchange first.
CREATE TABLE "account_funds" (
  "broker_id" UUID NOT NULL,
  "balances" JSONB NOT NULL,
  "read_at" TIMESTAMPTZ(3) NOT NULL,
  "valid_until" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "account_funds_pkey" PRIMARY KEY ("broker_id"),
  CONSTRAINT "account_funds_balances_array" CHECK (jsonb_typeof("balances") = 'array')
);
ALTER TABLE "account_funds" ADD CONSTRAINT "account_funds_broker_id_fkey"
  FOREIGN KEY ("broker_id") REFERENCES "brokers" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What changed at an account since its funds were read.
CREATE INDEX "trades_broker_id_updated_at_idx" ON "trades" ("broker_id", "updated_at");

-- Few orders are alive and few webhooks wait, however long the history behind them: looks for these read nothing else.
CREATE INDEX "trades_live_idx" ON "trades" ("broker_id", "status") WHERE "status" IN
  ('INITIALIZED', 'SUBMITTED', 'PENDING_UPDATE', 'PENDING_CANCEL', 'ACCEPTED', 'TRIGGERED', 'PARTIALLY_FILLED');
DROP INDEX "trades_broker_id_status_idx";
DROP INDEX "trades_is_emulated_status_idx";
CREATE INDEX "webhooks_waiting_idx" ON "webhooks" ("user_id", "id") WHERE "status" IN ('RECEIVED', 'PROCESSING');
DROP INDEX "webhooks_status_id_idx";

-- Orders are looked up by what the exchange calls them.
CREATE INDEX "trades_exchange_order_id_idx" ON "trades" ("exchange_order_id");
