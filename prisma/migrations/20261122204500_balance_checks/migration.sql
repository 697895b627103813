-- Reconciliations of journal and exchange, balance by balance: what was asked for, what was found, and how it is explained.
CREATE TYPE "CheckState" AS ENUM ('ASKED', 'RUNNING', 'DONE', 'UNSETTLED', 'FAILED');

CREATE TABLE "balance_checks" (
  "id" BIGSERIAL NOT NULL,
  "broker_id" UUID NOT NULL,
  "state" "CheckState" NOT NULL DEFAULT 'ASKED',
  "is_daily" BOOLEAN NOT NULL DEFAULT false,
  "is_first" BOOLEAN NOT NULL DEFAULT false,
  "asked_at" TIMESTAMPTZ(3) NOT NULL,
  "started_at" TIMESTAMPTZ(3),
  "finished_at" TIMESTAMPTZ(3),
  "read_at" TIMESTAMPTZ(3),
  "error_code" TEXT,
  "error" TEXT,
  "records_error" TEXT,
  CONSTRAINT "balance_checks_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "balance_checks_broker_id_id_idx" ON "balance_checks" ("broker_id", "id" DESC);
CREATE INDEX "balance_checks_state_id_idx" ON "balance_checks" ("state", "id");
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_broker_id_fkey"
  FOREIGN KEY ("broker_id") REFERENCES "brokers" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- One at a time for a broker: who asks meanwhile gets the same.
ALTER TABLE "balance_checks" ADD CONSTRAINT "balance_checks_one_open"
  EXCLUDE USING btree ("broker_id" WITH =) WHERE ("state" IN ('ASKED', 'RUNNING'));

CREATE TABLE "balance_lines" (
  "check_id" BIGINT NOT NULL,
  "asset" TEXT NOT NULL,
  "expected" DECIMAL(38,18) NOT NULL,
  "actual" DECIMAL(38,18) NOT NULL,
  "counted" DECIMAL(38,18) NOT NULL,
  CONSTRAINT "balance_lines_pkey" PRIMARY KEY ("check_id", "asset")
);
ALTER TABLE "balance_lines" ADD CONSTRAINT "balance_lines_check_id_fkey"
  FOREIGN KEY ("check_id") REFERENCES "balance_checks" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "balance_differences" (
  "id" BIGSERIAL NOT NULL,
  "check_id" BIGINT NOT NULL,
  "broker_id" UUID NOT NULL,
  "asset" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "amount" DECIMAL(38,18) NOT NULL,
  "exchange_transfer_id" TEXT,
  "note" TEXT,
  "occurred_at" TIMESTAMPTZ(3),
  "acknowledged_at" TIMESTAMPTZ(3),
  CONSTRAINT "balance_differences_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "balance_differences_kind" CHECK ("kind" IN ('DEPOSIT', 'WITHDRAWAL', 'TRANSFER', 'FEE', 'OTHER', 'ROUNDING', 'UNKNOWN'))
);
-- A record of the exchange explains one difference, once.
CREATE UNIQUE INDEX "balance_differences_broker_id_exchange_transfer_id_key"
  ON "balance_differences" ("broker_id", "exchange_transfer_id");
CREATE INDEX "balance_differences_check_id_idx" ON "balance_differences" ("check_id");
ALTER TABLE "balance_differences" ADD CONSTRAINT "balance_differences_check_id_fkey"
  FOREIGN KEY ("check_id") REFERENCES "balance_checks" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "balance_differences" ADD CONSTRAINT "balance_differences_broker_id_fkey"
  FOREIGN KEY ("broker_id") REFERENCES "brokers" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
