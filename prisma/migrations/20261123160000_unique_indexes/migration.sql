-- Partial uniqueness as indexes in the place of EXCLUDE constraints. An excluded row is written first and compared
-- afterwards, so an update of one row and an insert that it refuses wait for each other: a deadlock, and one of the two
-- fails that had every right. Whoever inserts into a unique index waits before the row is in it.
ALTER TABLE "users" DROP CONSTRAINT "users_name_once";
CREATE UNIQUE INDEX "users_name_once" ON "users" (lower("name"));

ALTER TABLE "brokers" DROP CONSTRAINT "brokers_one_default";
CREATE UNIQUE INDEX "brokers_one_default" ON "brokers" ("user_id") WHERE "is_default";

-- One live order for each purpose of a position; one entry for each decision; one order for each webhook and purpose.
ALTER TABLE "trades"
  DROP CONSTRAINT "trades_one_live_purpose",
  DROP CONSTRAINT "trades_one_entry_per_decision",
  DROP CONSTRAINT "trades_one_order_per_webhook";
CREATE UNIQUE INDEX "trades_one_live_purpose" ON "trades" ("position_id", "purpose")
  WHERE "run_id" IS NOT NULL AND "purpose" <> 'OTHER'
    AND "status" NOT IN ('DENIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FILLED');
CREATE UNIQUE INDEX "trades_one_entry_per_decision" ON "trades" ("decision_id") WHERE "purpose" = 'ENTRY';
CREATE UNIQUE INDEX "trades_one_order_per_webhook" ON "trades" ("webhook_id", "purpose") WHERE "webhook_id" IS NOT NULL;

ALTER TABLE "positions" DROP CONSTRAINT "positions_one_per_account";
CREATE UNIQUE INDEX "positions_one_per_account" ON "positions" ("broker_id", "symbol") WHERE "run_id" IS NULL;

ALTER TABLE "round_trips" DROP CONSTRAINT "round_trips_one_open";
CREATE UNIQUE INDEX "round_trips_one_open" ON "round_trips" ("position_id") WHERE "closed_at" IS NULL;

ALTER TABLE "webhook_tokens" DROP CONSTRAINT "webhook_tokens_one_live";
CREATE UNIQUE INDEX "webhook_tokens_one_live" ON "webhook_tokens" ("user_id") WHERE "revoked_at" IS NULL;

ALTER TABLE "webhooks" DROP CONSTRAINT "webhooks_executed_once";
CREATE UNIQUE INDEX "webhooks_executed_once" ON "webhooks" ("user_id", "dedupe_key")
  WHERE "dedupe_key" IS NOT NULL AND "status" <> 'DUPLICATE';
ALTER TABLE "webhooks" DROP CONSTRAINT "webhooks_missed_once";
CREATE UNIQUE INDEX "webhooks_missed_once" ON "webhooks" ("source_id", "due_at") WHERE "action" = 'MISSED';

ALTER TABLE "balance_checks" DROP CONSTRAINT "balance_checks_one_open";
CREATE UNIQUE INDEX "balance_checks_one_open" ON "balance_checks" ("broker_id") WHERE "state" IN ('ASKED', 'RUNNING');

ALTER TABLE "alert_messages" DROP CONSTRAINT "alert_messages_one_open";
CREATE UNIQUE INDEX "alert_messages_one_open" ON "alert_messages" ("channel_id")
  WHERE "delivered_at" IS NULL AND "expired_at" IS NULL;
