-- CreateIndex
CREATE INDEX "trades_position_id_idx" ON "trades"("position_id");

-- CreateIndex
CREATE INDEX "fills_client_order_id_idx" ON "fills"("client_order_id");
