-- Alerts to Discord and Telegram: where they go, what waits to be sent, what was sent.
CREATE TYPE "AlertService" AS ENUM ('DISCORD', 'TELEGRAM');

CREATE TABLE "alert_channels" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "service" "AlertService" NOT NULL,
  "name" TEXT NOT NULL,
  "address_sealed" TEXT NOT NULL,
  "address_hint" TEXT NOT NULL,
  "kinds" TEXT[] NOT NULL,
  "is_active" BOOLEAN NOT NULL DEFAULT true,
  "broken_code" TEXT,
  "last_error" TEXT,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "retry_at" TIMESTAMPTZ(3),
  "is_paused" BOOLEAN NOT NULL DEFAULT false,
  "claim_id" UUID,
  "claimed_until" TIMESTAMPTZ(3),
  "stuck_told_at" TIMESTAMPTZ(3),
  "expired_untold" INTEGER NOT NULL DEFAULT 0,
  "last_delivered_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "alert_channels_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "alert_channels_user_id_name_key" ON "alert_channels" ("user_id", "name");
ALTER TABLE "alert_channels" ADD CONSTRAINT "alert_channels_user_id_fkey"
  FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "alert_messages" (
  "id" BIGSERIAL NOT NULL,
  "channel_id" UUID NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "is_in_doubt" BOOLEAN NOT NULL DEFAULT false,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "delivered_at" TIMESTAMPTZ(3),
  "expired_at" TIMESTAMPTZ(3),
  CONSTRAINT "alert_messages_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "alert_messages" ADD CONSTRAINT "alert_messages_channel_id_fkey"
  FOREIGN KEY ("channel_id") REFERENCES "alert_channels" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
-- One message at a time is under way to a channel: their order is the order of what happened.
ALTER TABLE "alert_messages" ADD CONSTRAINT "alert_messages_one_open"
  EXCLUDE USING btree ("channel_id" WITH =) WHERE ("delivered_at" IS NULL AND "expired_at" IS NULL);

CREATE TABLE "alert_outbox" (
  "id" BIGSERIAL NOT NULL,
  "channel_id" UUID NOT NULL,
  "message_id" BIGINT,
  "kind" TEXT NOT NULL,
  "detail" JSONB NOT NULL,
  "occurred_at" TIMESTAMPTZ(3) NOT NULL,
  "queued_at" TIMESTAMPTZ(3) NOT NULL,
  "delivered_at" TIMESTAMPTZ(3),
  "expired_at" TIMESTAMPTZ(3),
  CONSTRAINT "alert_outbox_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_outbox_channel_id_delivered_at_expired_at_idx" ON "alert_outbox" ("channel_id", "delivered_at", "expired_at");
CREATE INDEX "alert_outbox_message_id_idx" ON "alert_outbox" ("message_id");
ALTER TABLE "alert_outbox" ADD CONSTRAINT "alert_outbox_channel_id_fkey"
  FOREIGN KEY ("channel_id") REFERENCES "alert_channels" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "alert_outbox" ADD CONSTRAINT "alert_outbox_message_id_fkey"
  FOREIGN KEY ("message_id") REFERENCES "alert_messages" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What the watch over the processes saw last: two watchers tell of the same end once.
CREATE TABLE "process_states" (
  "name" TEXT NOT NULL,
  "is_up" BOOLEAN NOT NULL,
  "since" TEXT NOT NULL,
  "changed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "process_states_pkey" PRIMARY KEY ("name")
);

-- An exchange that cannot be read is told of once, and once more when it can be read again.
ALTER TABLE "brokers" ADD COLUMN "trouble_told_at" TIMESTAMPTZ(3);
