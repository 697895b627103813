-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Locale" AS ENUM ('fr', 'en');

-- CreateEnum
CREATE TYPE "Theme" AS ENUM ('DARK', 'LIGHT');

-- CreateEnum
CREATE TYPE "AiProvider" AS ENUM ('OPENROUTER', 'OLLAMA');

-- CreateEnum
CREATE TYPE "Environment" AS ENUM ('LIVE', 'TESTNET', 'PAPER');

-- CreateEnum
CREATE TYPE "TradingType" AS ENUM ('OFF', 'STRATEGY', 'WEBHOOK');

-- CreateEnum
CREATE TYPE "OrderSide" AS ENUM ('BUY', 'SELL');

-- CreateEnum
CREATE TYPE "OrderType" AS ENUM ('MARKET', 'LIMIT', 'STOP_MARKET', 'STOP_LIMIT', 'TAKE_PROFIT_MARKET', 'TAKE_PROFIT_LIMIT', 'TRAILING_STOP');

-- CreateEnum
CREATE TYPE "OrderStatus" AS ENUM ('INITIALIZED', 'SUBMITTED', 'PENDING_UPDATE', 'PENDING_CANCEL', 'ACCEPTED', 'TRIGGERED', 'PARTIALLY_FILLED', 'DENIED', 'REJECTED', 'CANCELED', 'EXPIRED', 'FILLED');

-- CreateEnum
CREATE TYPE "OrderSource" AS ENUM ('MANUAL', 'STRATEGY', 'WEBHOOK', 'EXTERNAL');

-- CreateEnum
CREATE TYPE "OrderPurpose" AS ENUM ('ENTRY', 'EXIT', 'STOP_LOSS', 'TAKE_PROFIT', 'OTHER');

-- CreateEnum
CREATE TYPE "OrderGroupKind" AS ENUM ('OCO');

-- CreateEnum
CREATE TYPE "Liquidity" AS ENUM ('MAKER', 'TAKER');

-- CreateEnum
CREATE TYPE "SignalSource" AS ENUM ('PRIMARY', 'SECONDARY');

-- CreateEnum
CREATE TYPE "DecisionKind" AS ENUM ('ENTER', 'EXIT', 'ADJUST_EXITS', 'HOLD');

-- CreateEnum
CREATE TYPE "DecisionOutcome" AS ENUM ('PENDING', 'DONE', 'SKIPPED', 'FAILED');

-- CreateEnum
CREATE TYPE "AlertAction" AS ENUM ('BUY_MARKET', 'SELL_MARKET', 'BUY_LIMIT', 'SELL_LIMIT', 'UPDATE_EXITS', 'PING', 'MISSED');

-- CreateEnum
CREATE TYPE "WebhookStatus" AS ENUM ('RECEIVED', 'PROCESSING', 'EXECUTED', 'IGNORED', 'LATE', 'DUPLICATE', 'FAILED', 'UNREADABLE', 'MISSED');

-- CreateEnum
CREATE TYPE "CallStatus" AS ENUM ('QUEUED', 'RUNNING', 'DONE', 'FAILED');

-- CreateEnum
CREATE TYPE "NoticeLevel" AS ENUM ('INFO', 'WARNING', 'ERROR');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "locale" "Locale" NOT NULL DEFAULT 'fr',
    "theme" "Theme" NOT NULL DEFAULT 'DARK',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "ai_provider" "AiProvider",
    "ai_model" TEXT,
    "ai_url" TEXT,
    "ai_key_sealed" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "brokers" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "exchange_id" TEXT NOT NULL,
    "environment" "Environment" NOT NULL,
    "is_testnet" BOOLEAN NOT NULL DEFAULT false,
    "trading_type" "TradingType" NOT NULL DEFAULT 'OFF',
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "credentials_sealed" TEXT NOT NULL,
    "public_number" SERIAL NOT NULL,
    "markets_loaded_at" TIMESTAMPTZ(3),
    "last_synced_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "brokers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exchange_symbols" (
    "id" BIGSERIAL NOT NULL,
    "broker_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "exchange_symbol" TEXT NOT NULL,
    "base_asset" TEXT NOT NULL,
    "quote_asset" TEXT NOT NULL,
    "tick_size" DECIMAL(38,18) NOT NULL,
    "step_size" DECIMAL(38,18) NOT NULL,
    "min_quantity" DECIMAL(38,18) NOT NULL,
    "max_quantity" DECIMAL(38,18) NOT NULL,
    "market_step_size" DECIMAL(38,18) NOT NULL,
    "market_max_quantity" DECIMAL(38,18) NOT NULL,
    "min_notional" DECIMAL(38,18) NOT NULL,
    "is_trading" BOOLEAN NOT NULL,
    "is_oco_allowed" BOOLEAN NOT NULL DEFAULT false,
    "order_types" TEXT[],

    CONSTRAINT "exchange_symbols_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "candles" (
    "broker_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL,
    "close_time" TIMESTAMPTZ(3) NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "volume" DECIMAL(38,18) NOT NULL,
    "trade_count" INTEGER NOT NULL,

    CONSTRAINT "candles_pkey" PRIMARY KEY ("broker_id","symbol","timeframe","close_time")
);

-- CreateTable
CREATE TABLE "heartbeat_status" (
    "id" SERIAL NOT NULL,
    "role" "SignalSource" NOT NULL,
    "is_connected" BOOLEAN NOT NULL DEFAULT false,
    "is_coherent" BOOLEAN NOT NULL DEFAULT true,
    "market_source" TEXT NOT NULL DEFAULT 'LIVE',
    "symbols" TEXT[],
    "last_application_start" TIMESTAMPTZ(3),
    "last_application_stop" TIMESTAMPTZ(3),
    "last_message_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "heartbeat_status_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "candles_heartbeat" (
    "id" BIGSERIAL NOT NULL,
    "heartbeat_status_id" INTEGER NOT NULL,
    "symbol" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL,
    "open_time" TIMESTAMPTZ(3) NOT NULL,
    "close_time" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "published_at" TIMESTAMPTZ(3),
    "signal_id" TEXT NOT NULL,
    "source" "SignalSource" NOT NULL DEFAULT 'PRIMARY',
    "is_recovered" BOOLEAN NOT NULL DEFAULT false,
    "is_late" BOOLEAN NOT NULL DEFAULT false,
    "open" DECIMAL(38,18) NOT NULL,
    "high" DECIMAL(38,18) NOT NULL,
    "low" DECIMAL(38,18) NOT NULL,
    "close" DECIMAL(38,18) NOT NULL,
    "volume" DECIMAL(38,18) NOT NULL,
    "trade_count" INTEGER NOT NULL,

    CONSTRAINT "candles_heartbeat_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "heartbeat_gaps" (
    "id" BIGSERIAL NOT NULL,
    "heartbeat_status_id" INTEGER NOT NULL,
    "symbol" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL,
    "close_time" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "heartbeat_gaps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "strategies" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "code" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL DEFAULT '1m',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "strategies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "strategy_versions" (
    "id" BIGSERIAL NOT NULL,
    "strategy_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "strategy_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "active_strategies" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "strategy_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "exit_requested_at" TIMESTAMPTZ(3),
    "exit_reason" TEXT,
    "last_signal_id" TEXT,
    "last_error" TEXT,
    "last_error_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "active_strategies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "strategy_decisions" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "signal_id" TEXT NOT NULL,
    "kind" "DecisionKind",
    "outcome" "DecisionOutcome" NOT NULL DEFAULT 'PENDING',
    "reason" TEXT NOT NULL DEFAULT '',
    "quote_quantity" DECIMAL(38,18),
    "stop_loss" DECIMAL(38,18),
    "take_profit" DECIMAL(38,18),
    "error" TEXT,
    "error_line" INTEGER,
    "signaled_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "strategy_decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_groups" (
    "id" VARCHAR(36) NOT NULL,
    "broker_id" UUID NOT NULL,
    "kind" "OrderGroupKind" NOT NULL,
    "symbol" TEXT NOT NULL,
    "exchange_list_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "order_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trades" (
    "client_order_id" VARCHAR(40) NOT NULL,
    "user_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "source" "OrderSource" NOT NULL,
    "purpose" "OrderPurpose" NOT NULL DEFAULT 'OTHER',
    "run_id" UUID,
    "strategy_id" UUID,
    "decision_id" BIGINT,
    "webhook_id" BIGINT,
    "group_id" VARCHAR(36),
    "position_id" UUID,
    "exchange_order_id" TEXT,
    "symbol" TEXT NOT NULL,
    "side" "OrderSide" NOT NULL,
    "type" "OrderType" NOT NULL,
    "quantity" DECIMAL(38,18),
    "quote_quantity" DECIMAL(38,18),
    "limit_price" DECIMAL(38,18),
    "stop_price" DECIMAL(38,18),
    "time_in_force" TEXT,
    "is_post_only" BOOLEAN NOT NULL DEFAULT false,
    "native_params" JSONB,
    "status" "OrderStatus" NOT NULL DEFAULT 'INITIALIZED',
    "filled_quantity" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "filled_quote_quantity" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "realized_pnl" DECIMAL(38,18),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "error_message" TEXT,
    "request" JSONB NOT NULL,
    "status_exchange_client" JSONB,
    "correlation_id" TEXT,
    "send_before" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "trades_pkey" PRIMARY KEY ("client_order_id")
);

-- CreateTable
CREATE TABLE "order_events" (
    "id" BIGSERIAL NOT NULL,
    "client_order_id" VARCHAR(40) NOT NULL,
    "kind" TEXT NOT NULL,
    "from_status" "OrderStatus",
    "to_status" "OrderStatus" NOT NULL,
    "detail" JSONB,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fills" (
    "id" BIGSERIAL NOT NULL,
    "client_order_id" VARCHAR(40) NOT NULL,
    "broker_id" UUID NOT NULL,
    "position_id" UUID,
    "symbol" TEXT NOT NULL,
    "exchange_trade_id" TEXT NOT NULL,
    "exchange_order_id" TEXT NOT NULL,
    "side" "OrderSide" NOT NULL,
    "price" DECIMAL(38,18) NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL,
    "quote_quantity" DECIMAL(38,18) NOT NULL,
    "fee" DECIMAL(38,18) NOT NULL,
    "fee_asset" TEXT NOT NULL,
    "fee_in_quote" DECIMAL(38,18),
    "liquidity" "Liquidity" NOT NULL,
    "trade_time" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "fills_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "positions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "run_id" UUID,
    "symbol" TEXT NOT NULL,
    "quantity" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "average_entry_price" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "cost" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "realized_pnl" DECIMAL(38,18) NOT NULL DEFAULT 0,
    "current_price" DECIMAL(38,18),
    "unrealized_pnl" DECIMAL(38,18),
    "stop_loss" DECIMAL(38,18),
    "take_profit" DECIMAL(38,18),
    "opened_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "positions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "round_trips" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "position_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "bought" DECIMAL(38,18) NOT NULL,
    "sold" DECIMAL(38,18) NOT NULL,
    "cost" DECIMAL(38,18) NOT NULL,
    "proceeds" DECIMAL(38,18) NOT NULL,
    "realized_pnl" DECIMAL(38,18) NOT NULL,

    CONSTRAINT "round_trips_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhooks" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "broker_id" UUID,
    "status" "WebhookStatus" NOT NULL DEFAULT 'RECEIVED',
    "action" "AlertAction",
    "action_text" TEXT,
    "source" TEXT,
    "symbol" TEXT,
    "interval" TEXT,
    "bar_time" TIMESTAMPTZ(3),
    "size_percent" DECIMAL(38,18),
    "price" DECIMAL(38,18),
    "stop_loss_price" DECIMAL(38,18),
    "take_profit_price" DECIMAL(38,18),
    "raw_body" TEXT NOT NULL,
    "payload" JSONB,
    "reason" TEXT,
    "dedupe_key" TEXT,
    "status_exchange_client" JSONB,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "spool_id" TEXT,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backtest_results" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "strategy_id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "symbol" TEXT NOT NULL,
    "timeframe" TEXT NOT NULL,
    "start_time" TIMESTAMPTZ(3) NOT NULL,
    "end_time" TIMESTAMPTZ(3) NOT NULL,
    "initial_amount" DECIMAL(38,18) NOT NULL,
    "final_amount" DECIMAL(38,18) NOT NULL,
    "statistics" JSONB NOT NULL,
    "round_trips" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backtest_results_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "debug_mode" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "is_active" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "debug_mode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exchange_calls" (
    "id" UUID NOT NULL,
    "broker_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "status" "CallStatus" NOT NULL DEFAULT 'QUEUED',
    "answer" JSONB,
    "error_code" TEXT,
    "error" TEXT,
    "deadline_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "exchange_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rejected_messages" (
    "id" BIGSERIAL NOT NULL,
    "queue" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "rejected_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alerts" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID,
    "level" "NoticeLevel" NOT NULL,
    "code" TEXT NOT NULL,
    "detail" JSONB,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guards" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "broker_id" UUID,
    "max_position_size" DECIMAL(38,18),
    "max_daily_loss" DECIMAL(38,18),
    "max_orders_per_minute" INTEGER,
    "cooldown_seconds" INTEGER,
    "is_halted" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "guards_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_name_key" ON "users"("name");

-- CreateIndex
CREATE UNIQUE INDEX "brokers_user_id_name_key" ON "brokers"("user_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "brokers_public_number_key" ON "brokers"("public_number");

-- CreateIndex
CREATE UNIQUE INDEX "exchange_symbols_broker_id_symbol_key" ON "exchange_symbols"("broker_id", "symbol");

-- CreateIndex
CREATE UNIQUE INDEX "heartbeat_status_role_key" ON "heartbeat_status"("role");

-- CreateIndex
CREATE INDEX "candles_heartbeat_timeframe_close_time_idx" ON "candles_heartbeat"("timeframe", "close_time" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "candles_heartbeat_symbol_timeframe_close_time_key" ON "candles_heartbeat"("symbol", "timeframe", "close_time");

-- CreateIndex
CREATE UNIQUE INDEX "heartbeat_gaps_symbol_timeframe_close_time_kind_key" ON "heartbeat_gaps"("symbol", "timeframe", "close_time", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "strategies_user_id_name_key" ON "strategies"("user_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "strategy_versions_strategy_id_version_key" ON "strategy_versions"("strategy_id", "version");

-- CreateIndex
CREATE INDEX "active_strategies_is_active_timeframe_symbol_idx" ON "active_strategies"("is_active", "timeframe", "symbol");

-- CreateIndex
CREATE UNIQUE INDEX "strategy_decisions_run_id_signal_id_key" ON "strategy_decisions"("run_id", "signal_id");

-- CreateIndex
CREATE INDEX "trades_user_id_created_at_idx" ON "trades"("user_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "trades_broker_id_status_idx" ON "trades"("broker_id", "status");

-- CreateIndex
CREATE INDEX "trades_run_id_created_at_idx" ON "trades"("run_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "trades_broker_id_symbol_exchange_order_id_key" ON "trades"("broker_id", "symbol", "exchange_order_id");

-- CreateIndex
CREATE INDEX "order_events_client_order_id_id_idx" ON "order_events"("client_order_id", "id");

-- CreateIndex
CREATE INDEX "fills_position_id_trade_time_idx" ON "fills"("position_id", "trade_time");

-- CreateIndex
CREATE UNIQUE INDEX "fills_broker_id_symbol_exchange_trade_id_key" ON "fills"("broker_id", "symbol", "exchange_trade_id");

-- CreateIndex
CREATE UNIQUE INDEX "positions_broker_id_symbol_run_id_key" ON "positions"("broker_id", "symbol", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "round_trips_position_id_number_key" ON "round_trips"("position_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_tokens_token_hash_key" ON "webhook_tokens"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "webhooks_spool_id_key" ON "webhooks"("spool_id");

-- CreateIndex
CREATE INDEX "webhooks_user_id_received_at_idx" ON "webhooks"("user_id", "received_at" DESC);

-- CreateIndex
CREATE INDEX "webhooks_status_id_idx" ON "webhooks"("status", "id");

-- CreateIndex
CREATE INDEX "exchange_calls_status_created_at_idx" ON "exchange_calls"("status", "created_at");

-- CreateIndex
CREATE INDEX "alerts_user_id_occurred_at_idx" ON "alerts"("user_id", "occurred_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "guards_broker_id_key" ON "guards"("broker_id");

-- AddForeignKey
ALTER TABLE "brokers" ADD CONSTRAINT "brokers_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exchange_symbols" ADD CONSTRAINT "exchange_symbols_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "candles" ADD CONSTRAINT "candles_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "candles_heartbeat" ADD CONSTRAINT "candles_heartbeat_heartbeat_status_id_fkey" FOREIGN KEY ("heartbeat_status_id") REFERENCES "heartbeat_status"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "heartbeat_gaps" ADD CONSTRAINT "heartbeat_gaps_heartbeat_status_id_fkey" FOREIGN KEY ("heartbeat_status_id") REFERENCES "heartbeat_status"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategies" ADD CONSTRAINT "strategies_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategy_versions" ADD CONSTRAINT "strategy_versions_strategy_id_fkey" FOREIGN KEY ("strategy_id") REFERENCES "strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "active_strategies" ADD CONSTRAINT "active_strategies_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "active_strategies" ADD CONSTRAINT "active_strategies_strategy_id_fkey" FOREIGN KEY ("strategy_id") REFERENCES "strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "active_strategies" ADD CONSTRAINT "active_strategies_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategy_decisions" ADD CONSTRAINT "strategy_decisions_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "active_strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_groups" ADD CONSTRAINT "order_groups_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "active_strategies"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_decision_id_fkey" FOREIGN KEY ("decision_id") REFERENCES "strategy_decisions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "order_groups"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trades" ADD CONSTRAINT "trades_position_id_fkey" FOREIGN KEY ("position_id") REFERENCES "positions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_client_order_id_fkey" FOREIGN KEY ("client_order_id") REFERENCES "trades"("client_order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fills" ADD CONSTRAINT "fills_client_order_id_fkey" FOREIGN KEY ("client_order_id") REFERENCES "trades"("client_order_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fills" ADD CONSTRAINT "fills_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fills" ADD CONSTRAINT "fills_position_id_fkey" FOREIGN KEY ("position_id") REFERENCES "positions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "positions" ADD CONSTRAINT "positions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "positions" ADD CONSTRAINT "positions_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "positions" ADD CONSTRAINT "positions_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "active_strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "round_trips" ADD CONSTRAINT "round_trips_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "round_trips" ADD CONSTRAINT "round_trips_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "round_trips" ADD CONSTRAINT "round_trips_position_id_fkey" FOREIGN KEY ("position_id") REFERENCES "positions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_tokens" ADD CONSTRAINT "webhook_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest_results" ADD CONSTRAINT "backtest_results_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest_results" ADD CONSTRAINT "backtest_results_strategy_id_fkey" FOREIGN KEY ("strategy_id") REFERENCES "strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest_results" ADD CONSTRAINT "backtest_results_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exchange_calls" ADD CONSTRAINT "exchange_calls_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guards" ADD CONSTRAINT "guards_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guards" ADD CONSTRAINT "guards_broker_id_fkey" FOREIGN KEY ("broker_id") REFERENCES "brokers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

