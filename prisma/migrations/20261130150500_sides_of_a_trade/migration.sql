-- Two orders of one account may meet: both sides of that trade have one number at the exchange, and both are executions.
CREATE UNIQUE INDEX "fills_broker_id_symbol_exchange_trade_id_side_key"
  ON "fills" ("broker_id", "symbol", "exchange_trade_id", "side");
DROP INDEX "fills_broker_id_symbol_exchange_trade_id_key";
