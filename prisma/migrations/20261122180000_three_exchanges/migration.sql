-- Accounts of exchanges with two account systems, amounts to spend in the exchange's own steps, and the orders that an
-- exchange does not have: held by the engine until their trigger is reached.
CREATE TYPE "AccountMode" AS ENUM ('CLASSIC', 'UNIFIED');
ALTER TYPE "OrderGroupKind" ADD VALUE 'OTO';
ALTER TYPE "OrderGroupKind" ADD VALUE 'OTOCO';

ALTER TABLE "brokers" ADD COLUMN "account_mode" "AccountMode";
ALTER TABLE "exchange_symbols" ADD COLUMN "quote_step_size" DECIMAL(38,18) NOT NULL DEFAULT 0.00000001;
ALTER TABLE "order_groups" ADD COLUMN "is_emulated" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "trades"
  ADD COLUMN "trailing_delta" INTEGER,
  ADD COLUMN "is_held" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "trailing_peak" DECIMAL(38,18),
  ADD COLUMN "replaces_id" VARCHAR(40),
  ADD CONSTRAINT "trades_trailing_delta_check" CHECK ("trailing_delta" BETWEEN 1 AND 10000),
  -- What the engine holds was never sent.
  ADD CONSTRAINT "trades_held_check" CHECK (NOT "is_held" OR "status" IN ('INITIALIZED', 'DENIED', 'CANCELED'));
CREATE INDEX "trades_held_idx" ON "trades" ("broker_id", "symbol") WHERE "is_held" AND "status" = 'INITIALIZED';
