-- Closed round trips of a user by time, for statistics and exports.
CREATE INDEX "round_trips_user_id_closed_at_idx" ON "round_trips" ("user_id", "closed_at", "id");
CREATE INDEX "fills_broker_id_trade_time_id_idx" ON "fills" ("broker_id", "trade_time", "id");
