-- What the audit has not looked at yet carries a mark, so that it never reads past what it has seen; and the account that an
-- alert names tells its source from the same indicator's source for another account.
ALTER TABLE "webhooks" ADD COLUMN "broker_number" INTEGER, ADD COLUMN "awaits_audit" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "webhook_sources" ADD COLUMN "broker_number" INTEGER;

-- The number as the message spells it.
CREATE FUNCTION pg_temp.broker_number(payload JSONB) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS $$
  SELECT trim(value)::INTEGER
  FROM jsonb_each_text(CASE WHEN jsonb_typeof(payload) = 'object' THEN payload ELSE '{}' END)
  WHERE lower(key) = 'userexchangeid' AND trim(value) ~ '^[0-9]{1,9}$' LIMIT 1
$$;

-- Older ones came before there was an audit.
UPDATE "webhooks" SET "awaits_audit" = true, "broker_number" = pg_temp.broker_number("payload")
WHERE "source_id" IS NULL AND "interval" IS NOT NULL AND "received_at" > now() - INTERVAL '7 days';
CREATE INDEX "webhooks_awaits_audit_idx" ON "webhooks" ("id") WHERE "awaits_audit";

-- Sources of before go on under the account that their last alert named: an alert of another one makes a source of its own.
UPDATE "webhook_sources" s SET "broker_number" = pg_temp.broker_number((
  SELECT w."payload" FROM "webhooks" w WHERE w."source_id" = s."id" AND w."action" IS DISTINCT FROM 'MISSED'
  ORDER BY w."due_at" DESC LIMIT 1));
DROP INDEX "webhook_sources_user_id_name_symbol_interval_key";
CREATE UNIQUE INDEX "webhook_sources_user_id_name_symbol_interval_broker_number_key"
  ON "webhook_sources" ("user_id", "name", "symbol", "interval", "broker_number") NULLS NOT DISTINCT;
