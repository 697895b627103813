-- Accounts of exchanges with two account systems, amounts to spend in the exchange's own steps, orders that are changed,
-- and the orders that an exchange does not have: the engine keeps them until their trigger is reached.
CREATE TYPE "AccountMode" AS ENUM ('CLASSIC', 'UNIFIED');
ALTER TYPE "OrderGroupKind" ADD VALUE 'OTO';
ALTER TYPE "OrderGroupKind" ADD VALUE 'OTOCO';

ALTER TABLE "brokers"
  ADD COLUMN "account_mode" "AccountMode",
  ADD COLUMN "verified_at" TIMESTAMPTZ(3),
  ADD COLUMN "can_withdraw" BOOLEAN,
  ADD COLUMN "is_ip_restricted" BOOLEAN;
-- Brokers of before were in use: they need no confirmation.
UPDATE "brokers" SET "verified_at" = "created_at";
ALTER TABLE "exchange_symbols" ADD COLUMN "quote_step_size" DECIMAL(38,18) NOT NULL DEFAULT 0.00000001;
ALTER TABLE "order_groups" ADD COLUMN "is_emulated" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "trades"
  ADD COLUMN "trailing_delta" INTEGER,
  ADD COLUMN "is_emulated" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "trailing_peak" DECIMAL(38,18),
  ADD COLUMN "triggered_at" TIMESTAMPTZ(3),
  ADD COLUMN "released_at" TIMESTAMPTZ(3),
  ADD COLUMN "replaces_id" VARCHAR(40),
  ADD COLUMN "change_requested" JSONB,
  ADD CONSTRAINT "trades_trailing_delta_check" CHECK ("trailing_delta" BETWEEN 1 AND 10000),
  -- What the engine keeps was never sent.
  ADD CONSTRAINT "trades_kept_check" CHECK (
    NOT "is_emulated" OR "released_at" IS NOT NULL OR "status" IN ('INITIALIZED', 'DENIED', 'CANCELED')),
  -- An intent may be withdrawn before it was sent.
  DROP CONSTRAINT "trades_submitted",
  ADD CONSTRAINT "trades_submitted" CHECK (
    "status" IN ('INITIALIZED', 'DENIED', 'CANCELED') OR "submitted_at" IS NOT NULL OR "source" = 'EXTERNAL');
CREATE INDEX "trades_is_emulated_status_idx" ON "trades" ("is_emulated", "status");
CREATE INDEX "trades_replaces_id_idx" ON "trades" ("replaces_id");
