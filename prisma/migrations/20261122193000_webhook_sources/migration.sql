-- Where alerts come from, when the next one is due, and what never came.
CREATE TABLE "webhook_sources" (
  "id" BIGSERIAL NOT NULL,
  "user_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "symbol" TEXT NOT NULL,
  "interval" TEXT NOT NULL,
  "first_due_at" TIMESTAMPTZ(3) NOT NULL,
  "audited_to" TIMESTAMPTZ(3) NOT NULL,
  "last_received_at" TIMESTAMPTZ(3) NOT NULL,
  "missed_in_row" INTEGER NOT NULL DEFAULT 0,
  "is_muted" BOOLEAN NOT NULL DEFAULT false,
  "is_paused" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "webhook_sources_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "webhook_sources_user_id_name_symbol_interval_key" ON "webhook_sources" ("user_id", "name", "symbol", "interval");
ALTER TABLE "webhook_sources" ADD CONSTRAINT "webhook_sources_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhooks" ADD COLUMN "source_id" BIGINT, ADD COLUMN "due_at" TIMESTAMPTZ(3);
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_source_id_fkey"
  FOREIGN KEY ("source_id") REFERENCES "webhook_sources" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "webhooks_source_id_due_at_idx" ON "webhooks" ("source_id", "due_at");
-- One that never came is written down once.
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_missed_once"
  EXCLUDE USING btree ("source_id" WITH =, "due_at" WITH =) WHERE ("action" = 'MISSED');
