-- Webhooks of one account are worked off in the order of their arrival, the accounts side by side.
ALTER TABLE "webhooks" ADD COLUMN "line_id" UUID;
-- What waits now goes on in the order in which it stands.
UPDATE "webhooks" SET "line_id" = "user_id" WHERE "status" IN ('RECEIVED', 'PROCESSING');
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_wait_in_a_line"
  CHECK ("line_id" IS NOT NULL OR "status" NOT IN ('RECEIVED', 'PROCESSING'));
DROP INDEX "webhooks_waiting_idx";
CREATE INDEX "webhooks_waiting_idx" ON "webhooks" ("line_id", "id") WHERE "status" IN ('RECEIVED', 'PROCESSING');
