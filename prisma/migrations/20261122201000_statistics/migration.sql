-- Closed round trips and executions of an account by time, for statistics and exports.
CREATE INDEX "round_trips_broker_id_closed_at_id_idx" ON "round_trips" ("broker_id", "closed_at", "id");
CREATE INDEX "fills_broker_id_trade_time_id_idx" ON "fills" ("broker_id", "trade_time", "id");
